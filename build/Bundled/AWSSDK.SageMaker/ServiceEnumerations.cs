using Amazon.Runtime;

namespace Amazon.SageMaker;

public class CompressionType : ConstantClass
{
    public static readonly CompressionType None = new("None");
    public static readonly CompressionType Gzip = new("Gzip");

    public CompressionType(string value) : base(value)
    {
    }

    public static CompressionType FindValue(string value) => FindValue<CompressionType>(value);

    public static implicit operator CompressionType(string value) => FindValue(value);
}

public class OutputCompressionType : ConstantClass
{
    public static readonly OutputCompressionType GZIP = new("GZIP");
    public static readonly OutputCompressionType NONE = new("NONE");

    public OutputCompressionType(string value) : base(value)
    {
    }

    public static OutputCompressionType FindValue(string value) => FindValue<OutputCompressionType>(value);

    public static implicit operator OutputCompressionType(string value) => FindValue(value);
}

public class RecordWrapper : ConstantClass
{
    public static readonly RecordWrapper None = new("None");
    public static readonly RecordWrapper RecordIO = new("RecordIO");

    public RecordWrapper(string value) : base(value)
    {
    }

    public static RecordWrapper FindValue(string value) => FindValue<RecordWrapper>(value);

    public static implicit operator RecordWrapper(string value) => FindValue(value);
}

public class S3DataDistribution : ConstantClass
{
    public static readonly S3DataDistribution FullyReplicated = new("FullyReplicated");
    public static readonly S3DataDistribution ShardedByS3Key = new("ShardedByS3Key");

    public S3DataDistribution(string value) : base(value)
    {
    }

    public static S3DataDistribution FindValue(string value) => FindValue<S3DataDistribution>(value);

    public static implicit operator S3DataDistribution(string value) => FindValue(value);
}

public class S3DataType : ConstantClass
{
    public static readonly S3DataType ManifestFile = new("ManifestFile");
    public static readonly S3DataType S3Prefix = new("S3Prefix");
    public static readonly S3DataType AugmentedManifestFile = new("AugmentedManifestFile");
    public static readonly S3DataType Converse = new("Converse");

    public S3DataType(string value) : base(value)
    {
    }

    public static S3DataType FindValue(string value) => FindValue<S3DataType>(value);

    public static implicit operator S3DataType(string value) => FindValue(value);
}

public class SecondaryStatus : ConstantClass
{
    public static readonly SecondaryStatus Starting = new("Starting");
    public static readonly SecondaryStatus LaunchingMLInstances = new("LaunchingMLInstances");
    public static readonly SecondaryStatus PreparingTrainingStack = new("PreparingTrainingStack");
    public static readonly SecondaryStatus Downloading = new("Downloading");
    public static readonly SecondaryStatus DownloadingTrainingImage = new("DownloadingTrainingImage");
    public static readonly SecondaryStatus Training = new("Training");
    public static readonly SecondaryStatus Uploading = new("Uploading");
    public static readonly SecondaryStatus Stopping = new("Stopping");
    public static readonly SecondaryStatus Stopped = new("Stopped");
    public static readonly SecondaryStatus MaxRuntimeExceeded = new("MaxRuntimeExceeded");
    public static readonly SecondaryStatus Completed = new("Completed");
    public static readonly SecondaryStatus Failed = new("Failed");
    public static readonly SecondaryStatus Interrupted = new("Interrupted");
    public static readonly SecondaryStatus MaxWaitTimeExceeded = new("MaxWaitTimeExceeded");
    public static readonly SecondaryStatus Updating = new("Updating");
    public static readonly SecondaryStatus Restarting = new("Restarting");
    public static readonly SecondaryStatus Pending = new("Pending");

    public SecondaryStatus(string value) : base(value)
    {
    }

    public static SecondaryStatus FindValue(string value) => FindValue<SecondaryStatus>(value);

    public static implicit operator SecondaryStatus(string value) => FindValue(value);
}

public class SortBy : ConstantClass
{
    public static readonly SortBy Name = new("Name");
    public static readonly SortBy CreationTime = new("CreationTime");
    public static readonly SortBy Status = new("Status");

    public SortBy(string value) : base(value)
    {
    }

    public static SortBy FindValue(string value) => FindValue<SortBy>(value);

    public static implicit operator SortBy(string value) => FindValue(value);
}

public class SortOrder : ConstantClass
{
    public static readonly SortOrder Ascending = new("Ascending");
    public static readonly SortOrder Descending = new("Descending");

    public SortOrder(string value) : base(value)
    {
    }

    public static SortOrder FindValue(string value) => FindValue<SortOrder>(value);

    public static implicit operator SortOrder(string value) => FindValue(value);
}

public class TrainingInputMode : ConstantClass
{
    public static readonly TrainingInputMode Pipe = new("Pipe");
    public static readonly TrainingInputMode File = new("File");
    public static readonly TrainingInputMode FastFile = new("FastFile");

    public TrainingInputMode(string value) : base(value)
    {
    }

    public static TrainingInputMode FindValue(string value) => FindValue<TrainingInputMode>(value);

    public static implicit operator TrainingInputMode(string value) => FindValue(value);
}

public class TrainingInstanceType : ConstantClass
{
    // The accelerator families and a small general one; any other type is given as a string.
    public static readonly TrainingInstanceType MlG4dnXlarge = new("ml.g4dn.xlarge");
    public static readonly TrainingInstanceType MlG4dn2xlarge = new("ml.g4dn.2xlarge");
    public static readonly TrainingInstanceType MlG4dn4xlarge = new("ml.g4dn.4xlarge");
    public static readonly TrainingInstanceType MlG4dn8xlarge = new("ml.g4dn.8xlarge");
    public static readonly TrainingInstanceType MlG4dn12xlarge = new("ml.g4dn.12xlarge");
    public static readonly TrainingInstanceType MlG4dn16xlarge = new("ml.g4dn.16xlarge");
    public static readonly TrainingInstanceType MlM5Large = new("ml.m5.large");
    public static readonly TrainingInstanceType MlM5Xlarge = new("ml.m5.xlarge");
    public static readonly TrainingInstanceType MlM52xlarge = new("ml.m5.2xlarge");
    public static readonly TrainingInstanceType MlM54xlarge = new("ml.m5.4xlarge");
    public static readonly TrainingInstanceType MlM512xlarge = new("ml.m5.12xlarge");
    public static readonly TrainingInstanceType MlM524xlarge = new("ml.m5.24xlarge");
    public static readonly TrainingInstanceType MlP4d24xlarge = new("ml.p4d.24xlarge");
    public static readonly TrainingInstanceType MlP4de24xlarge = new("ml.p4de.24xlarge");
    public static readonly TrainingInstanceType MlP548xlarge = new("ml.p5.48xlarge");
    public static readonly TrainingInstanceType MlP5e48xlarge = new("ml.p5e.48xlarge");
    public static readonly TrainingInstanceType MlP5en48xlarge = new("ml.p5en.48xlarge");
    public static readonly TrainingInstanceType MlG5Xlarge = new("ml.g5.xlarge");
    public static readonly TrainingInstanceType MlG52xlarge = new("ml.g5.2xlarge");
    public static readonly TrainingInstanceType MlG54xlarge = new("ml.g5.4xlarge");
    public static readonly TrainingInstanceType MlG58xlarge = new("ml.g5.8xlarge");
    public static readonly TrainingInstanceType MlG516xlarge = new("ml.g5.16xlarge");
    public static readonly TrainingInstanceType MlG512xlarge = new("ml.g5.12xlarge");
    public static readonly TrainingInstanceType MlG524xlarge = new("ml.g5.24xlarge");
    public static readonly TrainingInstanceType MlG548xlarge = new("ml.g5.48xlarge");
    public static readonly TrainingInstanceType MlG6Xlarge = new("ml.g6.xlarge");
    public static readonly TrainingInstanceType MlG62xlarge = new("ml.g6.2xlarge");
    public static readonly TrainingInstanceType MlG64xlarge = new("ml.g6.4xlarge");
    public static readonly TrainingInstanceType MlG68xlarge = new("ml.g6.8xlarge");
    public static readonly TrainingInstanceType MlG616xlarge = new("ml.g6.16xlarge");
    public static readonly TrainingInstanceType MlG612xlarge = new("ml.g6.12xlarge");
    public static readonly TrainingInstanceType MlG624xlarge = new("ml.g6.24xlarge");
    public static readonly TrainingInstanceType MlG648xlarge = new("ml.g6.48xlarge");
    public static readonly TrainingInstanceType MlG6eXlarge = new("ml.g6e.xlarge");
    public static readonly TrainingInstanceType MlG6e2xlarge = new("ml.g6e.2xlarge");
    public static readonly TrainingInstanceType MlG6e4xlarge = new("ml.g6e.4xlarge");
    public static readonly TrainingInstanceType MlG6e8xlarge = new("ml.g6e.8xlarge");
    public static readonly TrainingInstanceType MlG6e16xlarge = new("ml.g6e.16xlarge");
    public static readonly TrainingInstanceType MlG6e12xlarge = new("ml.g6e.12xlarge");
    public static readonly TrainingInstanceType MlG6e24xlarge = new("ml.g6e.24xlarge");
    public static readonly TrainingInstanceType MlG6e48xlarge = new("ml.g6e.48xlarge");
    public static readonly TrainingInstanceType MlP54xlarge = new("ml.p5.4xlarge");

    public TrainingInstanceType(string value) : base(value)
    {
    }

    public static TrainingInstanceType FindValue(string value) => FindValue<TrainingInstanceType>(value);

    public static implicit operator TrainingInstanceType(string value) => FindValue(value);
}

public class TrainingJobStatus : ConstantClass
{
    public static readonly TrainingJobStatus InProgress = new("InProgress");
    public static readonly TrainingJobStatus Completed = new("Completed");
    public static readonly TrainingJobStatus Failed = new("Failed");
    public static readonly TrainingJobStatus Stopping = new("Stopping");
    public static readonly TrainingJobStatus Stopped = new("Stopped");
    public static readonly TrainingJobStatus Deleting = new("Deleting");

    public TrainingJobStatus(string value) : base(value)
    {
    }

    public static TrainingJobStatus FindValue(string value) => FindValue<TrainingJobStatus>(value);

    public static implicit operator TrainingJobStatus(string value) => FindValue(value);
}

public class TrainingRepositoryAccessMode : ConstantClass
{
    public static readonly TrainingRepositoryAccessMode Platform = new("Platform");
    public static readonly TrainingRepositoryAccessMode Vpc = new("Vpc");

    public TrainingRepositoryAccessMode(string value) : base(value)
    {
    }

    public static TrainingRepositoryAccessMode FindValue(string value) => FindValue<TrainingRepositoryAccessMode>(value);

    public static implicit operator TrainingRepositoryAccessMode(string value) => FindValue(value);
}

