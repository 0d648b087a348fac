namespace Amazon.SageMaker.Model;

public class AlgorithmSpecification
{
    public string TrainingImage { get; set; }

    public TrainingInputMode TrainingInputMode { get; set; }

    public List<MetricDefinition> MetricDefinitions { get; set; }

    public bool? EnableSageMakerMetricsTimeSeries { get; set; }

    public List<string> ContainerEntrypoint { get; set; }

    public List<string> ContainerArguments { get; set; }

    public TrainingImageConfig TrainingImageConfig { get; set; }
}

public class MetricDefinition
{
    public string Name { get; set; }

    public string Regex { get; set; }
}

public class TrainingImageConfig
{
    public TrainingRepositoryAccessMode TrainingRepositoryAccessMode { get; set; }
}

