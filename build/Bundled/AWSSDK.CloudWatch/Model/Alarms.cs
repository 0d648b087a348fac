using Amazon.Runtime;

namespace Amazon.CloudWatch.Model;

public class PutMetricAlarmRequest : AmazonCloudWatchRequest
{
    public string AlarmName { get; set; }

    public string AlarmDescription { get; set; }

    public List<string> AlarmActions { get; set; }

    public string Namespace { get; set; }

    public string MetricName { get; set; }

    public List<Dimension> Dimensions { get; set; }

    public Statistic Statistic { get; set; }

    public ComparisonOperator ComparisonOperator { get; set; }

    public double? Threshold { get; set; }

    public int? Period { get; set; }

    public int? EvaluationPeriods { get; set; }

    public int? DatapointsToAlarm { get; set; }

    public string TreatMissingData { get; set; }
}

public class PutMetricAlarmResponse : AmazonWebServiceResponse;

public class DeleteAlarmsRequest : AmazonCloudWatchRequest
{
    public List<string> AlarmNames { get; set; }
}

public class DeleteAlarmsResponse : AmazonWebServiceResponse;

public class DescribeAlarmsRequest : AmazonCloudWatchRequest
{
    public string AlarmNamePrefix { get; set; }

    public List<string> AlarmTypes { get; set; }

    public string NextToken { get; set; }
}

public class DescribeAlarmsResponse : AmazonWebServiceResponse
{
    public List<MetricAlarm> MetricAlarms { get; set; }

    public string NextToken { get; set; }
}

public class MetricAlarm
{
    public string AlarmName { get; set; }
}
