using Amazon.Runtime;

namespace Amazon.CloudWatchLogs.Model;

public class DescribeLogStreamsRequest : AmazonCloudWatchLogsRequest
{
    public string LogGroupName { get; set; }

    public string LogStreamNamePrefix { get; set; }

    public string NextToken { get; set; }

    public int? Limit { get; set; }
}

public class DescribeLogStreamsResponse : AmazonWebServiceResponse
{
    public List<LogStream> LogStreams { get; set; }

    public string NextToken { get; set; }
}

public class LogStream
{
    public string LogStreamName { get; set; }

    public DateTime? FirstEventTimestamp { get; set; }
}
