using Amazon.Runtime;

namespace Amazon.CloudWatchLogs.Model;

public class FilterLogEventsRequest : AmazonCloudWatchLogsRequest
{
    public string LogGroupName { get; set; }

    public string LogStreamNamePrefix { get; set; }

    public string NextToken { get; set; }

    public int? Limit { get; set; }
}

public class FilterLogEventsResponse : AmazonWebServiceResponse
{
    public List<FilteredLogEvent> Events { get; set; }

    public string NextToken { get; set; }
}

public class FilteredLogEvent
{
    public long? Timestamp { get; set; }

    public string Message { get; set; }
}

