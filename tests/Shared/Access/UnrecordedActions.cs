namespace BuildPipeline.Access;

/// <summary>Actions that a role has and that no recorded request needs, and when it needs them.</summary>
internal static class UnrecordedActions
{
    private const string Drift = "putting back what somebody changed by hand";
    private const string Interrupted = "finding what an interrupted apply left";
    private const string Failed = "an upload that fails";

    /// <summary>When, by role, statement and action.</summary>
    public static IReadOnlyDictionary<(string Role, string Statement, string Action), string> Reasons { get; } = new Dictionary<(string Role, string Statement, string Action), string>
    {
        [("plan", "LookAround", "ec2:DescribeTags")] = Interrupted,
        [("launch", "LookAround", "ec2:DescribeTags")] = Interrupted,
        [("cleanup", "LookAround", "ec2:DescribeTags")] = Interrupted,
        [("launch", "ChangeOwnNetwork", "ec2:ModifySecurityGroupRules")] = Drift,
        [("launch", "ChangeOwnNetwork", "ec2:ModifySubnetAttribute")] = Drift,
        [("launch", "ChangeOwnNetwork", "ec2:ModifyVpcEndpoint")] = "other reachable buckets, zones or route tables",
        [("launch", "ExecutionRoleWithinItsBoundary", "iam:PutRolePermissionsBoundary")] = "an execution role that is older than its boundary",
        [("launch", "SetUpOwnKeys", "kms:PutKeyPolicy")] = "a key policy that changes",
        [("launch", "SetAlarmsOfRuns", "cloudwatch:PutMetricAlarm")] = "a role with launch_applies = false",
        [("execution", "WriteCheckpointsAndOutput", "s3:AbortMultipartUpload")] = Failed,
        [("execution", "WriteCheckpointsAndOutput", "s3:ListMultipartUploadParts")] = Failed,
        [("execution", "Artifacts", "kms:DescribeKey")] = "SageMaker's own use of the key, on AWS only",
        [("execution", "Artifacts", "kms:Encrypt")] = "SageMaker's own use of the key, on AWS only",
    };

    /// <summary>When an environment needs what the recorded one does not have, by action.</summary>
    public static IReadOnlyDictionary<string, string> Features { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["codebuild:BatchGetProjects"] = "`keeper`",
        ["codebuild:CreateProject"] = "`keeper`",
        ["codebuild:DeleteProject"] = "`keeper`",
        ["codebuild:StartBuild"] = "`keeper`",
        ["codebuild:UpdateProject"] = "`keeper`",
        ["codeconnections:GetConnection"] = "`keeper`",
        ["codeconnections:GetConnectionToken"] = "`keeper`",
        ["codeconnections:UseConnection"] = "`keeper`",
        ["ecr:BatchCheckLayerAvailability"] = "an image in ECR",
        ["ecr:BatchGetImage"] = "an image in ECR",
        ["ecr:GetAuthorizationToken"] = "an image in ECR",
        ["ecr:GetDownloadUrlForLayer"] = "an image in ECR",
        ["kms:CreateGrant"] = "a key for training volumes",
        ["secretsmanager:GetSecretValue"] = "`secret_environment`",
        ["ssm:GetParameter"] = "`secret_environment`",
        ["ssm:GetParameters"] = "`keeper`",
    };
}
