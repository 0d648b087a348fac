using Amazon.Runtime;

namespace Amazon.CloudWatchLogs.Model;

public class DescribeLogGroupsRequest : AmazonCloudWatchLogsRequest
{
    public List<string> AccountIdentifiers { get; set; }

    public string LogGroupNamePrefix { get; set; }

    public string LogGroupNamePattern { get; set; }

    public string NextToken { get; set; }

    public int? Limit { get; set; }

    public bool? IncludeLinkedAccounts { get; set; }

    public List<string> LogGroupIdentifiers { get; set; }
}

public class DescribeLogGroupsResponse : AmazonWebServiceResponse
{
    public List<LogGroup> LogGroups { get; set; }

    public string NextToken { get; set; }
}

public class LogGroup
{
    public string LogGroupName { get; set; }

    public DateTime? CreationTime { get; set; }

    public int? RetentionInDays { get; set; }

    public int? MetricFilterCount { get; set; }

    public string Arn { get; set; }

    public long? StoredBytes { get; set; }

    public string KmsKeyId { get; set; }

    public string LogGroupArn { get; set; }

    public bool? DeletionProtectionEnabled { get; set; }
}
