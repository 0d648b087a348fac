namespace Amazon.SageMaker.Model;

public class OutputDataConfig
{
    public string KmsKeyId { get; set; }

    public string S3OutputPath { get; set; }

    public OutputCompressionType CompressionType { get; set; }
}

public class CheckpointConfig
{
    public string S3Uri { get; set; }

    public string LocalPath { get; set; }
}

public class ExperimentConfig
{
    public string ExperimentName { get; set; }

    public string TrialName { get; set; }

    public string TrialComponentDisplayName { get; set; }

    public string RunName { get; set; }
}

public class ProfilerConfig
{
    public string S3OutputPath { get; set; }

    public long? ProfilingIntervalInMilliseconds { get; set; }

    public Dictionary<string, string> ProfilingParameters { get; set; }

    public bool? DisableProfiler { get; set; }
}

public class RemoteDebugConfig
{
    public bool? EnableRemoteDebug { get; set; }
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
