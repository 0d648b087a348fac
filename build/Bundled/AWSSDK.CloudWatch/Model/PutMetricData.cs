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

    public StandardUnit Unit { get; set; }
}
