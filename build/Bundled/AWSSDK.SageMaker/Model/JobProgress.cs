namespace Amazon.SageMaker.Model;

public class ModelArtifacts
{
    public string S3ModelArtifacts { get; set; }
}

public class SecondaryStatusTransition
{
    public SecondaryStatus Status { get; set; }

    public DateTime? StartTime { get; set; }

    public DateTime? EndTime { get; set; }

    public string StatusMessage { get; set; }
}

public class MetricData
{
    public string MetricName { get; set; }

    public float? Value { get; set; }
}

public class TrainingJobSummary
{
    public string TrainingJobName { get; set; }

    public string TrainingJobArn { get; set; }

    public DateTime? CreationTime { get; set; }

    public TrainingJobStatus TrainingJobStatus { get; set; }

    public SecondaryStatus SecondaryStatus { get; set; }
}
