using BuildPipeline.Sandbox.Authorization;
using BuildPipeline.Sandbox.SageMaker.Jobs;

namespace BuildPipeline.Sandbox.SageMaker.Nodes;

/// <summary>What SageMaker does with the execution role besides S3.</summary>
/// <remarks>https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html (CreateTrainingJob API: Execution Role Permissions).</remarks>
internal static class ExecutionPermissions
{
    private const string Interface = "network-interface/eni-0123456789abcdef0";

    private static readonly string[] OfInterface = ["ec2:CreateNetworkInterfacePermission", "ec2:DeleteNetworkInterface", "ec2:DeleteNetworkInterfacePermission"];

    private static readonly string[] OfNetwork =
        ["ec2:DescribeDhcpOptions", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs"];

    public static Permission ToMeasure { get; } = new Permission("cloudwatch:PutMetricData", "*").With("cloudwatch:namespace", "/aws/sagemaker/TrainingJobs");

    /// <param name="vpcOf">The VPC of a subnet.</param>
    public static IEnumerable<Permission> ToStart(TrainingJob job, Func<string, string?> vpcOf)
    {
        if (job.Request.VpcConfig is not { } network)
        {
            return [];
        }

        string Arn(string resource) => $"{PrefixOf(job, "ec2")}{resource}";
        var vpc = vpcOf(network.Subnets[0]) is { } id ? Arn("vpc/" + id) : null;
        string[] parts = [Interface, .. network.Subnets.Select(subnet => "subnet/" + subnet), .. network.SecurityGroupIds.Select(group => "security-group/" + group)];
        return
        [
            .. parts.Select(part => new Permission("ec2:CreateNetworkInterface", Arn(part)).With("ec2:Vpc", vpc)),
            .. OfInterface.Select(action => new Permission(action, Arn(Interface)).With("ec2:Vpc", vpc)),
            .. OfNetwork.Select(action => new Permission(action, "*")),
        ];
    }

    /// <summary>The grant that lets EC2 attach an encrypted volume.</summary>
    public static Permission ToGrant(string key) => new Permission("kms:CreateGrant", key).With("kms:GrantIsForAWSResource", "true");

    public static IEnumerable<Permission> ToLog(TrainingJob job, string group, string stream)
    {
        string Arn(string name) => $"{PrefixOf(job, "logs")}log-group:{group}:log-stream:{name}";
        return
        [
            new Permission("logs:CreateLogGroup", Arn("")), new Permission("logs:DescribeLogStreams", Arn("")), new Permission("logs:CreateLogStream", Arn(stream)),
            new Permission("logs:PutLogEvents", Arn(stream)),
        ];
    }

    // The job's own ARN has partition, region and account.
    private static string PrefixOf(TrainingJob job, string service) => string.Join(':', job.Arn.Split(':') is var parts ? [.. parts[..2], service, .. parts[3..5], ""] : []);
}
