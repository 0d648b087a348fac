namespace Amazon.CloudWatch.Model;

public class Metric
{
    public string Namespace { get; set; }

    public string MetricName { get; set; }

    public List<Dimension> Dimensions { get; set; }
}

public class Dimension
{
    public string Name { get; set; }

    public string Value { get; set; }
}
