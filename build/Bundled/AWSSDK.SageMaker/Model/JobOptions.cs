namespace Amazon.SageMaker.Model;

public class OutputDataConfig
{
    public string KmsKeyId { get; set; }

    public string S3OutputPath { get; set; }
}

public class CheckpointConfig
{
    public string S3Uri { get; set; }

    public string LocalPath { get; set; }
}

public class RetryStrategy
{
    public int? MaximumRetryAttempts { get; set; }
}

public class InfraCheckConfig
{
    public bool? EnableInfraCheck { get; set; }
}

public class Tag
{
    public string Key { get; set; }

    public string Value { get; set; }
}
