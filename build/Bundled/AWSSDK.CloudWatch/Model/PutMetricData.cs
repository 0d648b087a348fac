using Amazon.Runtime;

namespace Amazon.CloudWatch.Model;

public class PutMetricDataRequest : AmazonCloudWatchRequest
{
    public string Namespace { get; set; }

    public List<MetricDatum> MetricData { get; set; }
}

public class PutMetricDataResponse : AmazonWebServiceResponse;

public class MetricDatum
{
    public string MetricName { get; set; }

    public List<Dimension> Dimensions { get; set; }

    public DateTime? Timestamp { get; set; }

    public double? Value { get; set; }

    public StatisticSet StatisticValues { get; set; }

    public List<double> Values { get; set; }

    public List<double> Counts { get; set; }

    public StandardUnit Unit { get; set; }

    public int? StorageResolution { get; set; }
}

public class StatisticSet
{
    public double? SampleCount { get; set; }

    public double? Sum { get; set; }

    public double? Minimum { get; set; }

    public double? Maximum { get; set; }
}
