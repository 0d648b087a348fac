namespace Amazon.SageMaker.Model;

public class AlgorithmSpecification
{
    public string TrainingImage { get; set; }

    public TrainingInputMode TrainingInputMode { get; set; }

    public List<MetricDefinition> MetricDefinitions { get; set; }

    public List<string> ContainerEntrypoint { get; set; }
}

public class MetricDefinition
{
    public string Name { get; set; }

    public string Regex { get; set; }
}
