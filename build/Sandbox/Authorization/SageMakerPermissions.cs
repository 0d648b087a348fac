using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Authorization;

internal static class SageMakerPermissions
{
    private const string Prefix = "sagemaker";

    public static IReadOnlyDictionary<string, PermissionsOf> All { get; } = new Dictionary<string, PermissionsOf>(StringComparer.Ordinal)
    {
        ["AddTags"] = PermissionTable.Tagging(Prefix, "ResourceArn"),
        ["CreateTrainingJob"] = CreateTrainingJob,
        ["DeleteTags"] = PermissionTable.Untagging(Prefix, "ResourceArn"),
        ["DeleteTrainingJob"] = PermissionTable.On(Prefix, JobArn),
        ["DescribeTrainingJob"] = PermissionTable.On(Prefix, JobArn),
        ["ListTags"] = PermissionTable.On(Prefix, call => call.Text("ResourceArn")),
        ["ListTrainingJobs"] = PermissionTable.OnAll(Prefix),
        ["StopTrainingJob"] = PermissionTable.On(Prefix, JobArn),
    };

    private static string JobArn(OperationCall call) => call.Arn(Prefix, "training-job/" + call.Text("TrainingJobName"));

    // A member that the request leaves out has no key: what a policy forbids of its value does not meet it, what it demands does.
    private static IEnumerable<Permission> CreateTrainingJob(OperationCall call)
    {
        var (job, tags) = (JobArn(call), call.Tags("Tags"));
        yield return new Permission("sagemaker:CreateTrainingJob", job)
            .With("sagemaker:InstanceTypes", InstanceTypes(call))
            .With("sagemaker:MaxRuntimeInSeconds", call.Find("StoppingCondition.MaxRuntimeInSeconds"))
            .With("sagemaker:KeepAlivePeriod", call.Find("ResourceConfig.KeepAlivePeriodInSeconds"))
            .With("sagemaker:VpcSubnets", call.List("VpcConfig.Subnets"))
            .With("sagemaker:VpcSecurityGroupIds", call.List("VpcConfig.SecurityGroupIds"))
            .With("sagemaker:VolumeKmsKey", call.Find("ResourceConfig.VolumeKmsKeyId"))
            .With("sagemaker:OutputKmsKey", call.Find("OutputDataConfig.KmsKeyId"))
            .With("sagemaker:NetworkIsolation", call.Find("EnableNetworkIsolation"))
            .With("sagemaker:InterContainerTrafficEncryption", call.Find("EnableInterContainerTrafficEncryption"))
            .With("sagemaker:EnableRemoteDebug", call.Find("RemoteDebugConfig.EnableRemoteDebug"))
            .WithTags(tags);
        if (tags.Count > 0)
        {
            yield return new Permission("sagemaker:AddTags", job).With("sagemaker:TaggingAction", "CreateTrainingJob").WithTags(tags);
        }

        yield return PermissionTable.PassRole(call.Text("RoleArn"), "sagemaker.amazonaws.com").With("iam:AssociatedResourceArn", job);
    }

    private static IEnumerable<string?> InstanceTypes(OperationCall call) =>
        call.Input["ResourceConfig"] is System.Text.Json.Nodes.JsonObject resources
            ? [resources.Text("InstanceType"), .. resources.Objects("InstanceGroups").Select(group => group.Text("InstanceType"))]
            : [];
}
