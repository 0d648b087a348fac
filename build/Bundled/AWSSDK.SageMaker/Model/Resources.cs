namespace Amazon.SageMaker.Model;

public class ResourceConfig
{
    public TrainingInstanceType InstanceType { get; set; }

    public int? InstanceCount { get; set; }

    public int? VolumeSizeInGB { get; set; }

    public string VolumeKmsKeyId { get; set; }
}

public class VpcConfig
{
    public List<string> SecurityGroupIds { get; set; }

    public List<string> Subnets { get; set; }
}

public class StoppingCondition
{
    public int? MaxRuntimeInSeconds { get; set; }

    public int? MaxWaitTimeInSeconds { get; set; }
}
