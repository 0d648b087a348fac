using BuildPipeline.Access;
using BuildPipeline.Sandbox.Policies;

namespace BuildPipeline.Sandbox.Tests.Access;

/// <summary>
/// What the holder of the launch role could try around the pipeline, decided by the policies that infra/access makes. Each attempt differs in one thing
/// from a request that the policies allow.
/// </summary>
public sealed class TeamLimitTests
{
    private const string Account = "000000000000";
    private const string Key = $"arn:aws:kms:us-east-1:{Account}:key/11111111-2222-3333-4444-555555555555";
    private const string OtherKey = $"arn:aws:kms:us-east-1:{Account}:key/99999999-2222-3333-4444-555555555555";
    private const string Jobs = $"arn:aws:sagemaker:us-east-1:{Account}:training-job/";
    private const string Roles = $"arn:aws:iam::{Account}:role/";
    private const string Policies = $"arn:aws:iam::{Account}:policy/";
    private const string Bucket = $"arn:aws:s3:::finetune-dev-{Account}-us-east-1";
    private const string State = "arn:aws:s3:::team-terraform-state";

    private static readonly AccessPolicies Access = AccessPolicies.Read();

    private static readonly string[] Submission =
    [
        "sagemaker:InstanceTypes=ml.g5.xlarge", "sagemaker:MaxRuntimeInSeconds=7200",
        "sagemaker:VpcSubnets=subnet-0123456789abcdef0", "sagemaker:VpcSubnets=subnet-0123456789abcdef1", "sagemaker:VpcSecurityGroupIds=sg-0123456789abcdef0",
        $"sagemaker:OutputKmsKey={Key}", "aws:RequestTag/team=research", "aws:RequestTag/environment=dev",
        "aws:RequestTag/pipeline:digest=1f", "aws:RequestTag/pipeline:run-id=20260131-120000-1a2b",
    ];

    private static readonly string[] OnVolumes = [.. Changed(Submission, ["sagemaker:InstanceTypes=ml.m5.xlarge", $"sagemaker:VolumeKmsKey={Key}"])];

    // What the policies allow, by the role that needs it.
    private static readonly Dictionary<string, (string Role, string Action, string Resource, string[] Keys)> Allowed = new()
    {
        ["submit"] = ("launch", "sagemaker:CreateTrainingJob", $"{Jobs}finetune-dev-1", Submission),
        ["submit on volumes"] = ("launch", "sagemaker:CreateTrainingJob", $"{Jobs}finetune-dev-1", OnVolumes),
        ["tag"] = ("launch", "sagemaker:AddTags", $"{Jobs}finetune-dev-1", ["sagemaker:TaggingAction=CreateTrainingJob"]),
        ["stop"] = ("launch", "sagemaker:StopTrainingJob", $"{Jobs}finetune-dev-1", []),
        ["pass"] = ("launch", "iam:PassRole", $"{Roles}finetune-dev-execution", ["iam:PassedToService=sagemaker.amazonaws.com"]),
        ["reserve"] = ("launch", "s3:PutObject", $"{State}/ledger/research.json", []),
        ["record"] = ("launch", "s3:PutObject", $"{State}/runs/dev/20260131-120000-1a2b/events/000001.json", []),
        ["upload"] = ("launch", "s3:PutObject", $"{Bucket}/bundles/1f/train.py", []),
        ["judge"] = ("launch", "s3:GetObject", $"{Bucket}/runs/20260131-120000-1a2b/checkpoints/1/manifest.json", []),
        ["unlock"] = ("launch", "s3:DeleteObject", $"{State}/training/dev/terraform.tfstate.tflock", []),
        ["decrypt"] = ("launch", "kms:Decrypt", Key, ["kms:ViaService=s3.us-east-1.amazonaws.com", $"kms:EncryptionContext:aws:s3:arn={Bucket}"]),
        ["create the role"] = ("launch", "iam:CreateRole", $"{Roles}finetune-dev-execution", [$"iam:PermissionsBoundary={Policies}finetune-dev-boundary"]),
        ["write its policy"] = ("launch", "iam:PutRolePolicy", $"{Roles}finetune-dev-execution", [$"iam:PermissionsBoundary={Policies}finetune-dev-boundary"]),
        ["change the network"] = ("launch", "ec2:AuthorizeSecurityGroupEgress", $"arn:aws:ec2:us-east-1:{Account}:security-group/sg-1", ["aws:ResourceTag/team=research", "aws:ResourceTag/environment=dev"]),
        ["create an endpoint"] = ("launch", "ec2:CreateVpcEndpoint", $"arn:aws:ec2:us-east-1:{Account}:vpc-endpoint/*", ["aws:RequestTag/team=research", "aws:RequestTag/environment=dev"]),
        ["sign"] = ("launch", "kms:Sign", Key, ["aws:ResourceTag/team=research", "aws:ResourceTag/environment=dev", "aws:ResourceTag/purpose=approvals", "kms:MessageType=DIGEST", "kms:SigningAlgorithm=ECDSA_SHA_256"]),
        ["publish"] = ("launch", "cloudwatch:PutMetricData", "*", ["cloudwatch:namespace=TrainingPipeline"]),
        ["delete artifacts"] = ("cleanup", "s3:DeleteObjectVersion", $"{Bucket}/runs/20260131-120000-1a2b/output/model.tar.gz", []),
        ["unfreeze"] = ("freeze", "s3:PutObject", $"{State}/freezes/dev.json", []),
        ["note a stop"] = ("freeze", "s3:PutObject", $"{State}/runs/dev/20260131-120000-1a2b/events/000009.json", []),
        ["read a run"] = ("freeze", "s3:GetObject", $"{State}/runs/dev/20260131-120000-1a2b/run.json", []),
        ["detach"] = ("freeze", "iam:DetachRolePolicy", $"{Roles}finetune-dev-launch", [$"iam:PolicyARN={Policies}finetune-dev-spend-freeze"]),
    };

    [Fact]
    public void Given_WhatARoleIsFor_When_ItAsks_Then_ItMay() =>
        Assert.All(Allowed, request => Assert.Equal(PolicyDecision.Allowed, Decide(request.Value.Role, request.Key, null, [])));

    [Theory]
    [InlineData("submit", "sagemaker:InstanceTypes=ml.p4d.24xlarge")]
    [InlineData("submit", "sagemaker:InstanceTypes=ml.g5n.xlarge")]
    [InlineData("submit", "sagemaker:InstanceTypes=ml.g5.xlarge", "sagemaker:InstanceTypes=ml.p4d.24xlarge")]
    [InlineData("submit", "sagemaker:InstanceTypes=")]
    [InlineData("submit", "sagemaker:MaxRuntimeInSeconds=7201")]
    [InlineData("submit", "sagemaker:MaxRuntimeInSeconds=")]
    [InlineData("submit", "sagemaker:VpcSubnets=subnet-99999999")]
    [InlineData("submit", "sagemaker:VpcSubnets=subnet-0123456789abcdef0", "sagemaker:VpcSubnets=subnet-99999999")]
    [InlineData("submit", "sagemaker:VpcSubnets=")]
    [InlineData("submit", "sagemaker:VpcSecurityGroupIds=sg-99999999")]
    [InlineData("submit", "sagemaker:VpcSecurityGroupIds=")]
    [InlineData("submit", "sagemaker:OutputKmsKey=")]
    [InlineData("submit", $"sagemaker:OutputKmsKey={OtherKey}")]
    [InlineData("submit on volumes", "sagemaker:VolumeKmsKey=")]
    [InlineData("submit on volumes", $"sagemaker:VolumeKmsKey={OtherKey}")]
    [InlineData("submit", "aws:RequestTag/team=")]
    [InlineData("submit", "aws:RequestTag/team=vision")]
    [InlineData("submit", "aws:RequestTag/environment=prod")]
    [InlineData("submit", "aws:RequestTag/pipeline:digest=")]
    [InlineData("submit", "aws:RequestTag/pipeline:run-id=")]
    [InlineData("submit", "aws:PrincipalTag/team=vision")]
    [InlineData("tag", "sagemaker:TaggingAction=")]
    [InlineData("pass", "iam:PassedToService=ec2.amazonaws.com")]
    [InlineData("decrypt", "kms:ViaService=")]
    [InlineData("decrypt", "kms:EncryptionContext:aws:s3:arn=arn:aws:s3:::finetune-prod")]
    [InlineData("create the role", "iam:PermissionsBoundary=")]
    [InlineData("write its policy", $"iam:PermissionsBoundary={Policies}other")]
    [InlineData("change the network", "aws:ResourceTag/team=vision")]
    [InlineData("create an endpoint", "aws:RequestTag/team=")]
    [InlineData("publish", "cloudwatch:namespace=AWS/SageMaker")]
    public void Given_ARequestOutsideTheLimits_When_TheLaunchRoleAsks_Then_ItsPoliciesDoNotAllowIt(string name, params string[] changes) => AssertRefused(name, null, changes);

    [Theory]
    [InlineData("submit", $"{Jobs}finetune-prod-1")]
    [InlineData("submit", $"arn:aws:sagemaker:eu-west-1:{Account}:training-job/finetune-dev-1")]
    [InlineData("stop", $"{Jobs}finetune-prod-1")]
    [InlineData("pass", $"{Roles}finetune-dev-launch")]
    [InlineData("pass", $"{Roles}administrator")]
    [InlineData("reserve", $"{State}/ledger/vision.json")]
    [InlineData("record", $"{State}/runs/prod/20260131-120000-1a2b/events/000001.json")]
    [InlineData("record", $"{State}/freezes/dev.json")]
    [InlineData("record", $"{State}/training/prod/terraform.tfstate")]
    [InlineData("upload", $"{Bucket}/runs/20260131-120000-1a2b/checkpoints/1/manifest.json")]
    [InlineData("judge", "arn:aws:s3:::finetune-prod-000000000000-us-east-1/runs/20260131-120000-1a2b/checkpoints/1/manifest.json")]
    [InlineData("unlock", $"{State}/training/dev/terraform.tfstate")]
    [InlineData("unlock", $"{Bucket}/runs/20260131-120000-1a2b/output/model.tar.gz")]
    [InlineData("create the role", $"{Roles}finetune-dev-second")]
    [InlineData("write its policy", $"{Roles}finetune-dev-launch")]
    public void Given_WhatIsSomebodyElses_When_TheLaunchRoleAsks_Then_ItsPoliciesDoNotAllowIt(string name, string resource) => AssertRefused(name, resource, []);

    [Theory]
    [InlineData("note a stop", $"{State}/runs/prod/20260131-120000-1a2b/events/000009.json")]
    [InlineData("note a stop", $"{State}/runs/dev/20260131-120000-1a2b/run.json")]
    [InlineData("note a stop", $"{State}/runs/dev/20260131-120000-1a2b/plan.tfplan")]
    [InlineData("note a stop", $"{State}/runs/dev/lease.json")]
    [InlineData("note a stop", $"{State}/ledger/research.json")]
    [InlineData("read a run", $"{State}/runs/dev/20260131-120000-1a2b/plan.tfplan")]
    [InlineData("read a run", $"{State}/runs/prod/20260131-120000-1a2b/run.json")]
    public void Given_WhatNoStopNeeds_When_TheFreezeRoleReadsOrWrites_Then_ItsPolicyDoesNotAllowIt(string name, string resource) =>
        Assert.Equal(PolicyDecision.NotAllowedBy(PolicyKind.Identity), Decide("freeze", name, resource, []));

    [Theory]
    [InlineData("delete artifacts")]
    [InlineData("unfreeze")]
    [InlineData("detach")]
    public void Given_WhatAnotherRoleIsFor_When_TheLaunchRoleAsks_Then_ItsPoliciesDoNotAllowIt(string name) => AssertRefused(name, null, []);

    // IAM cannot see the log of a run: docs/security.md says so. The pipeline submits nothing without a signed approval, which this role cannot make.
    [Fact]
    public void Given_ADigestThatNobodyApproved_When_TheRoleOfKeeperAndWatchSubmits_Then_IamAsksForADigestOnlyAndSignsNone()
    {
        var refused = PolicyDecision.NotAllowedBy(PolicyKind.Identity);

        Assert.Equal(PolicyDecision.Allowed, Decide("keeper", "submit", null, ["aws:RequestTag/pipeline:digest=00"]));
        Assert.Equal(refused, Decide("keeper", "submit", null, ["aws:RequestTag/pipeline:digest="]));
        Assert.Equal(refused, Decide("keeper", "submit", null, ["sagemaker:MaxRuntimeInSeconds=7201"]));
        Assert.Equal(refused, Decide("keeper", "sign", null, []));
    }

    [Fact]
    public void Given_AFreeze_When_TheLaunchRoleSubmits_Then_TheDenialWins() =>
        Assert.Equal((PolicyKind.Identity, true), (Decide("launch", "submit", null, [], "spend-freeze").Reason, Decide("launch", "submit", null, [], "spend-freeze").IsExplicit));

    private static void AssertRefused(string name, string? resource, string[] changes) =>
        Assert.Equal(PolicyDecision.NotAllowedBy(PolicyKind.Identity), Decide("launch", name, resource, changes));

    private static PolicyDecision Decide(string role, string name, string? resource, string[] changes, params string[] attached)
    {
        var (_, action, standard, keys) = Allowed[name];
        var roleName = $"{AccessPolicies.Name}-{role}";
        var values = Changed(["aws:PrincipalTag/team=research", "aws:PrincipalTag/environment=dev", .. keys], changes)
            .Select(key => key.Split('=', 2)).ToLookup(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
        var principal = new PolicyPrincipal("AWS", $"arn:aws:sts::{Account}:assumed-role/{roleName}/somebody", Account, $"{Roles}{roleName}");
        return PolicyEvaluator.Decide(
            new PolicyRequest(action, resource ?? standard, principal, key => [.. values[key]]),
            new PolicySet([.. Access.Attached[roleName].Concat(attached.Select(policy => $"{AccessPolicies.Name}-{policy}"))
                .Select(policy => PolicyDocument.Parse(Access.Policies[policy].ToJsonString(), PolicyKind.Identity))]));
    }

    // KEY=VALUE replaces all values of a key, KEY= removes it.
    private static IEnumerable<string> Changed(IEnumerable<string> keys, string[] changes)
    {
        var changed = changes.Select(change => change[..(change.IndexOf('=', StringComparison.Ordinal) + 1)]).ToHashSet();
        return keys.Where(key => !changed.Any(start => key.StartsWith(start, StringComparison.Ordinal))).Concat(changes.Where(change => !change.EndsWith('=')));
    }
}
