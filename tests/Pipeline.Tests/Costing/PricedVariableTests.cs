using System.Globalization;
using System.Text.RegularExpressions;
using BuildPipeline.Costing;
using BuildPipeline.Jobs;
using BuildPipeline.Prices;
using BuildPipeline.Terraform;
using Microsoft.Extensions.Time.Testing;

namespace BuildPipeline.Pipeline.Tests.Costing;

/// <summary>Every Terraform variable either moves the ceiling, or is listed with the reason why it does not.</summary>
public sealed partial class PricedVariableTests
{
    private static readonly PriceBook Book = new();

    // The most that a run of this costs; volumes are priced for types without local disks only.
    private static readonly TrainingJobSpec Job = Sample.Job with { InstanceType = "ml.m5.large", CheckpointSizeGb = 5, MaxWaitSeconds = 400_000 };

    // What the outputs and resources of a plan say for another value of each variable.
    private static readonly Dictionary<string, Func<(TrainingJobSpec Job, PlanRecord Plan), (TrainingJobSpec Job, PlanRecord Plan)>> Priced = new()
    {
        ["instance_type"] = run => (run.Job with { InstanceType = "ml.m5.xlarge" }, run.Plan),
        ["instance_count"] = run => (run.Job with { InstanceCount = 3 }, run.Plan),
        ["instance_fallbacks"] = run => (run.Job with { InstanceFallbacks = [new() { InstanceType = "ml.g5.xlarge", InstanceCount = 4, UseSpotInstances = false }] }, run.Plan),
        ["volume_size_gb"] = run => (run.Job with { VolumeSizeGb = 16_000 }, run.Plan),
        ["max_runtime_seconds"] = run => (run.Job with { MaxRuntimeSeconds = 3600 }, run.Plan),
        ["max_wait_seconds"] = run => (run.Job with { MaxWaitSeconds = 2_000_000 }, run.Plan),
        ["use_spot_instances"] = run => (run.Job with { UseSpotInstances = false, MaxWaitSeconds = null, MaxRuntimeSeconds = 1800, CheckpointIntervalSeconds = null }, run.Plan),
        ["checkpoint_interval_seconds"] = run => (run.Job with { CheckpointIntervalSeconds = 10 }, run.Plan),
        ["checkpoint_size_gb"] = run => (run.Job with { CheckpointSizeGb = 50 }, run.Plan),
        ["hyperparameters"] = run => (run.Job with { Hyperparameters = new Dictionary<string, string> { ["keep_checkpoints"] = "20" } }, run.Plan),
        ["noncurrent_version_expiration_days"] = run => (run.Job, With(run.Plan, Sample.Lifecycle(noncurrentDays: 90))),
        ["run_expiration_days"] = run => (run.Job, With(run.Plan, Sample.Lifecycle(runDays: 90))),
        ["interface_endpoints"] = run => (run.Job, run.Plan with { InterfaceEndpointZones = 6 }),
        ["availability_zone_count"] = run => (run.Job, run.Plan with { InterfaceEndpointZones = 9 }),
        ["vpc_id"] = run => (run.Job, run.Plan with { InterfaceEndpointZones = 0 }),
        ["private_subnet_ids"] = run => (run.Job, run.Plan with { InterfaceEndpointZones = 0 }),
        ["kms_key_arn"] = run => (run.Job, run.Plan with { Resources = [.. run.Plan.Resources.Where(resource => resource.Type != "aws_kms_key")] }),
        ["region"] = run => (run.Job with { Region = "eu-west-1" }, run.Plan),
        ["alarms"] = run => (run.Job with { Alarms = new() { TopicArn = "arn", HeartbeatMinutes = 5, DetachedHours = 24 } }, run.Plan),
        ["keeper"] = run => (run.Job, With(run.Plan, Sample.Resource("aws_codebuild_project", "create", new { })) with { Keeper = new(12, 52, 66) }),
        ["enable_training_job"] = run => (run.Job with { Enabled = false }, run.Plan),
    };

    private static readonly Dictionary<string, string> Unpriced = new()
    {
        ["environment"] = "a name",
        ["name_prefix"] = "a name",
        ["tags"] = "names",
        ["max_retry_attempts"] = "all attempts share max_runtime_seconds and max_wait_seconds, which are priced",
        ["enable_infra_check"] = "what is billed ends with max_runtime_seconds, which is priced",
        ["team"] = "whose limits hold; compared with the ceiling",
        ["teams"] = "limits; compared with the ceiling",
        ["allow_self_approval"] = "who may approve",
        ["auto_approve_usd"] = "who may approve",
        ["approval_key_arn"] = "a key of infra/access",
        ["policy_command"] = "rules, which can only refuse",
        ["max_run_cost_usd"] = "a limit; compared with the ceiling",
        ["max_usd_per_node_hour"] = "a limit; compared with the rate",
        ["deadline_hours"] = "moves the job within the ceiling, which is on-demand already",
        ["expected_runtime_seconds"] = "expected cost only",
        ["allowed_account_ids"] = "a guard",
        ["permissions_boundary_arn"] = "IAM is free",
        ["training_image_uri"] = "the registry's storage is not the run's",
        ["training_job_submitter"] = "who submits; the pipeline sets it",
        ["training_job_attempt"] = "Terraform's own; the pipeline counts its attempts",
        ["training_source_dir"] = "bytes that are uploaded are priced by their number, below",
        ["entrypoint"] = "runs inside the priced time",
        ["environment_variables"] = "run inside the priced time",
        ["secret_environment"] = "a read a start, far below a cent; the endpoint that it needs is in interface_endpoints",
        ["secret_kms_key_arn"] = "a key of others",
        ["training_data_uri"] = "bytes that are uploaded are priced by their number, below",
        ["validation_data_uri"] = "as training_data_uri",
        ["model_data_uri"] = "as training_data_uri",
        ["training_data_kms_key_arn"] = "a key of others",
        ["volume_kms_key_arn"] = "a key of others",
        ["shared_data_uris"] = "permission to read",
        ["shared_image_uris"] = "permission to pull",
        ["metric_definitions"] = "SageMaker's own metrics are free",
        ["final_metric"] = "a check",
        ["mlflow_servers"] = "servers of others; a managed one is billed by its own hours, tracked runs or not",
        ["register_model"] = "a record on those servers",
        ["enable_network_isolation"] = "free",
        ["encrypt_inter_container_traffic"] = "slows the job inside the priced time",
        ["artifact_bucket_name"] = "a name",
        ["kms_key_deletion_window_days"] = "a key that waits for its deletion is not billed",
        ["manage_training_log_group"] = "what a log group keeps is left out (docs/cost-model.md)",
        ["training_log_retention_days"] = "what a log group keeps is left out (docs/cost-model.md)",
        ["retain_training_logs_on_destroy"] = "what a log group keeps is left out (docs/cost-model.md)",
        ["vpc_cidr"] = "VPC and subnets are free",
        ["existing_endpoint_security_group_ids"] = "security groups are free",
        ["availability_zones"] = "which zones; how many is availability_zone_count",
        ["s3_prefix_list_id"] = "the gateway endpoint is free",
    };

    [Fact]
    public void Given_TheVariables_When_Listed_Then_EachIsPricedOrHasAReasonWhyNot() =>
        Assert.Equal(Declared().Order(StringComparer.Ordinal), Priced.Keys.Concat(Unpriced.Keys).Order(StringComparer.Ordinal));

    [Fact]
    public void Given_APricedVariable_When_ItChanges_Then_TheCeilingMoves()
    {
        var plan = Sample.Plan with
        {
            MaxRunCostUsd = new Usd(100_000),
            InterfaceEndpointZones = 3,
            Resources = [Sample.Lifecycle(), Sample.Resource("aws_kms_key", "create", new { })],
        };

        Assert.All(Priced, variable => Assert.NotEqual(Ceiling((Job, plan)), Ceiling(variable.Value((Job, plan)))));
        Assert.NotEqual(Ceiling((Job, plan)), Ceiling((Job, plan), uploadedBytes: 50L << 30));
    }

    [Theory]
    [InlineData(1, null)]
    [InlineData(7, 40)]
    [InlineData(3650, null)]
    [InlineData(null, 400)]
    public void Given_LifecycleRules_When_Estimated_Then_RemovedAndKeptObjectsAreCountedAsLongAsTheyAreStored(int? noncurrentDays, int? runDays)
    {
        var lines = Estimate((Job, With(Sample.Plan, Sample.Lifecycle(noncurrentDays, runDays)))).Lines.Where(line => line.Unit == "GB-month").ToList();

        // 33 saves in 1980 s, of which 3 are kept beside the model; what has no end is counted for 30 days.
        var removed = noncurrentDays ?? 30;
        decimal[] gigabyteDays = [30 * 5 * removed, 4 * 5 * (runDays is { } days ? days + removed : 30)];
        Assert.Equal(gigabyteDays.Select(amount => amount / 30.4m * 0.023m), lines[1..].Select(line => line.Ceiling!.Value.Amount));
    }

    [Fact]
    public void Given_TheTrainingPrograms_When_Read_Then_TheyKeepAsManyCheckpointsAsArePriced()
    {
        string[] programs = [Path.Combine("training", "settings.py"), Path.Combine("build", "Worker", "Settings", "Hyperparameters.cs")];

        Assert.All(programs, program => Assert.Equal(
            CostLines.KeptByDefault,
            int.Parse(KeepSetting().Match(File.ReadAllText(Path.Combine(Repository.Root, program))).Groups[1].Value, CultureInfo.InvariantCulture)));
    }

    private static PlanRecord With(PlanRecord plan, PlannedResource lifecycle) =>
        plan with { Resources = [lifecycle, .. plan.Resources.Where(resource => resource.Type != lifecycle.Type)] };

    private static Usd? Ceiling((TrainingJobSpec Job, PlanRecord Plan) run, long uploadedBytes = 0) => Estimate(run, uploadedBytes).Ceiling;

    private static CostRecord Estimate((TrainingJobSpec Job, PlanRecord Plan) run, long uploadedBytes = 0) =>
        new CostEstimator(Book, new FakeTimeProvider(Sample.Noon)).Estimate(
            run.Job, run.Plan, Book.Snapshot(run.Job.Region, [.. run.Job.NodeOptions().Select(nodeOption => nodeOption.InstanceType).Distinct()]), uploadedBytes);

    private static IEnumerable<string> Declared() =>
        from file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "infra"), "*.tf")
        from Match match in Variable().Matches(File.ReadAllText(file))
        select match.Groups[1].Value;

    [GeneratedRegex("^variable \"(\\w+)\"", RegexOptions.Multiline)]
    private static partial Regex Variable();

    [GeneratedRegex("\"keep_checkpoints\", ([0-9]+)")]
    private static partial Regex KeepSetting();
}
