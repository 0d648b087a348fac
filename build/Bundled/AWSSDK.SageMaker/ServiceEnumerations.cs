using Amazon.Runtime;

namespace Amazon.SageMaker;

public class S3DataDistribution : ConstantClass
{
    public static readonly S3DataDistribution FullyReplicated = new("FullyReplicated");

    public S3DataDistribution(string value) : base(value)
    {
    }

    public static S3DataDistribution FindValue(string value) => FindValue<S3DataDistribution>(value);

    public static implicit operator S3DataDistribution(string value) => FindValue(value);
}

public class S3DataType : ConstantClass
{
    public static readonly S3DataType S3Prefix = new("S3Prefix");

    public S3DataType(string value) : base(value)
    {
    }

    public static S3DataType FindValue(string value) => FindValue<S3DataType>(value);

    public static implicit operator S3DataType(string value) => FindValue(value);
}

public class SecondaryStatus : ConstantClass
{
    public static readonly SecondaryStatus Failed = new("Failed");

    public SecondaryStatus(string value) : base(value)
    {
    }

    public static SecondaryStatus FindValue(string value) => FindValue<SecondaryStatus>(value);

    public static implicit operator SecondaryStatus(string value) => FindValue(value);
}

public class TrainingInputMode : ConstantClass
{
    public static readonly TrainingInputMode File = new("File");

    public TrainingInputMode(string value) : base(value)
    {
    }

    public static TrainingInputMode FindValue(string value) => FindValue<TrainingInputMode>(value);

    public static implicit operator TrainingInputMode(string value) => FindValue(value);
}

public class TrainingInstanceType : ConstantClass
{
    public TrainingInstanceType(string value) : base(value)
    {
    }

    public static TrainingInstanceType FindValue(string value) => FindValue<TrainingInstanceType>(value);

    public static implicit operator TrainingInstanceType(string value) => FindValue(value);
}

public class TrainingJobStatus : ConstantClass
{
    public static readonly TrainingJobStatus InProgress = new("InProgress");
    public static readonly TrainingJobStatus Failed = new("Failed");
    public static readonly TrainingJobStatus Stopping = new("Stopping");

    public TrainingJobStatus(string value) : base(value)
    {
    }

    public static TrainingJobStatus FindValue(string value) => FindValue<TrainingJobStatus>(value);

    public static implicit operator TrainingJobStatus(string value) => FindValue(value);
}
