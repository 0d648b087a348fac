namespace Amazon.SageMaker.Model;

public class Channel
{
    public string ChannelName { get; set; }

    public DataSource DataSource { get; set; }

    public TrainingInputMode InputMode { get; set; }
}

public class DataSource
{
    public S3DataSource S3DataSource { get; set; }
}

public class S3DataSource
{
    public S3DataType S3DataType { get; set; }

    public string S3Uri { get; set; }

    public S3DataDistribution S3DataDistributionType { get; set; }
}

