using Amazon.Runtime;

namespace Amazon.CloudWatch.Model;

public class GetMetricDataRequest : AmazonCloudWatchRequest
{
    public List<MetricDataQuery> MetricDataQueries { get; set; }

    public DateTime? StartTime { get; set; }

    public DateTime? EndTime { get; set; }

    public string NextToken { get; set; }

    public ScanBy ScanBy { get; set; }
}

public class GetMetricDataResponse : AmazonWebServiceResponse
{
    public List<MetricDataResult> MetricDataResults { get; set; }

    public string NextToken { get; set; }
}

public class MetricDataQuery
{
    public string Id { get; set; }

    public MetricStat MetricStat { get; set; }
}

public class MetricStat
{
    public Metric Metric { get; set; }

    public int? Period { get; set; }

    public string Stat { get; set; }
}

public class MetricDataResult
{
    public string Id { get; set; }

    public List<double> Values { get; set; }
}
