using System.Text.Json;
using BuildPipeline.Approvals;
using BuildPipeline.Jobs;
using BuildPipeline.Terraform;

namespace BuildPipeline.Pipeline.Tests;

/// <summary>A run as the tests of the stages need it.</summary>
internal static class Sample
{
    /// <summary>Suggested commands without options of the call.</summary>
    public static CommandHints Hints { get; } = new("./build.sh", HintShell.Posix, []);

    public static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    public static TrainingJobSpec Job { get; } = new()
    {
        Enabled = true,
        Name = "finetune-sandbox",
        Region = "us-east-1",
        Environment = "sandbox",
        Team = "research",
        TrainingImageUri = "sandbox/builtin",
        InstanceType = "ml.g5.xlarge",
        InstanceCount = 2,
        VolumeSizeGb = 50,
        MaxRuntimeSeconds = 1800,
        MaxWaitSeconds = 3600,
        UseSpotInstances = true,
        TrainingDataUri = "docs",
        CheckpointIntervalSeconds = 60,
        ArtifactBucket = "finetune-sandbox-000000000000-us-east-1",
        ArtifactPrefix = "runs",
        LogGroupName = "/aws/sagemaker/TrainingJobs",
    };

    public static PlanRecord Plan { get; } = new()
    {
        PlanSha256 = new string('a', 64),
        ContentSha256 = new string('e', 64),
        TerraformVersion = "1.11.4",
        PlannedAt = Noon,
        Add = 3,
        Change = 0,
        Destroy = 0,
        Resources = [Lifecycle()],
        InterfaceEndpointZones = 0,
        MaxRunCostUsd = new Usd(5),
    };

    public static PlannedResource Resource(string type, string action, object values) =>
        new($"{type}.this", type, action, JsonSerializer.SerializeToElement(values));

    /// <summary>The lifecycle rules that infra gives the artifact bucket.</summary>
    public static PlannedResource Lifecycle(int? noncurrentDays = 7, int? runDays = null) => Resource("aws_s3_bucket_lifecycle_configuration", "create", new
    {
        rule = new object[]
        {
            new { status = "Enabled", filter = new[] { new { prefix = "" } }, abort_incomplete_multipart_upload = new[] { new { days_after_initiation = 7 } } },
            new { status = noncurrentDays is null ? "Disabled" : "Enabled", filter = new[] { new { prefix = (string?)null } }, noncurrent_version_expiration = new[] { new { noncurrent_days = noncurrentDays } }, expiration = new[] { new { days = 0, expired_object_delete_marker = true } } },
            new { status = runDays is null ? "Disabled" : "Enabled", filter = new[] { new { prefix = "runs/" } }, expiration = new[] { new { days = runDays } } },
        },
    });

    public static ApprovalSubject Subject { get; } = new()
    {
        RunId = "20260131-120000-1a2b",
        Environment = "sandbox",
        PlanSha256 = new string('a', 64),
        Job = Job,
        SourceSha256 = new string('b', 64),
        DataSha256 = new Dictionary<string, string> { ["train"] = new string('c', 64) },
        PricesSha256 = new string('d', 64),
        Ceiling = new Usd(1.51m),
        ExpiresAt = Noon.AddHours(24),
    };

    public static ApprovalRecord Approval(ApprovalSubject subject) =>
        new(ApprovalDigest.Compute(subject), subject, ApprovalSource.Terminal, "someone", Noon);
}
