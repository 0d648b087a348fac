using BuildPipeline.Costing;
using BuildPipeline.Jobs;
using BuildPipeline.Prices;
using BuildPipeline.Terraform;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Microsoft.Extensions.Time.Testing;

namespace BuildPipeline.Pipeline.Tests.Costing;

public sealed class CostEstimatorTests
{
    private static readonly PriceBook Book = new();

    private static readonly CostEstimator Estimator = new(Book, new FakeTimeProvider(Sample.Noon));

    [Fact]
    public void Given_ASpotJob_When_Estimated_Then_TheCeilingIsOnDemandWithAStop()
    {
        var cost = Estimate(Sample.Job, Sample.Plan);

        // 2 nodes x (1800 + 120 + 60) s x 1.408 $/h = 1.5488 $
        Assert.Equal(new Usd(1.55m), cost.Ceiling);

        // Three quarters of 1800 s at 35 %, less what courses save that never get capacity.
        Assert.InRange(cost.Expected!.Value.Amount, 0.30m, 2 * 1.408m * 0.375m * 0.35m);
        Assert.True(cost.Expected < cost.P90 && cost.P90 < cost.Ceiling);
        Assert.Equal(GateVerdict.NeedsApproval, cost.Verdict);
    }

    [Fact]
    public void Given_ACeilingOverTheLimit_When_Estimated_Then_ItIsRefusedWithBothAmounts()
    {
        var cost = Estimate(Sample.Job, Sample.Plan with { MaxRunCostUsd = new Usd(1.54m) });

        Assert.Equal(GateVerdict.Refuse, cost.Verdict);
        Assert.Contains("$1.55", Assert.Single(cost.Reasons), StringComparison.Ordinal);
        Assert.StartsWith("BP1202 ", cost.Reasons[0], StringComparison.Ordinal);
        Assert.Contains("$1.54", cost.Reasons[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("create", true)]
    [InlineData("update", true)]
    [InlineData("replace", true)]
    [InlineData("delete", false)]
    [InlineData("no-op", false)]
    public void Given_APlanInWhichTerraformSubmitsAJob_When_Estimated_Then_ItIsRefused(string action, bool refused)
    {
        var job = new PlannedResource("module.training_job[0].aws_sagemaker_training_job.this", "aws_sagemaker_training_job", action, default);

        var cost = Estimate(Sample.Job, Sample.Plan with { Resources = [.. Sample.Plan.Resources, job] });

        Assert.Equal(refused ? GateVerdict.Refuse : GateVerdict.NeedsApproval, cost.Verdict);
        Assert.Equal(refused, cost.Reasons[0].StartsWith("BP1207 ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("eu-west-1", "ml.g5.xlarge")]
    [InlineData("us-east-1", "ml.p5en.48xlarge")]
    public void Given_AnUnknownPrice_When_Estimated_Then_ItIsUnknownAndRefusedNeverZero(string region, string type)
    {
        var cost = Estimate(Sample.Job with { Region = region, InstanceType = type }, Sample.Plan);

        Assert.Null(cost.Expected);
        Assert.Null(cost.Ceiling);
        Assert.Equal(GateVerdict.Refuse, cost.Verdict);
    }

    [Fact]
    public void Given_AnUnknownType_When_Estimated_Then_TheNearestIsNamed()
    {
        var exception = Assert.Throws<PipelineException>(() => Estimate(Sample.Job with { InstanceType = "ml.g5.2xlrge" }, Sample.Plan));

        Assert.Equal(ExitCode.BadConfiguration, exception.ExitCode);
        Assert.Contains("ml.g5.2xlarge", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_SpotWithoutCheckpoints_When_Estimated_Then_ItIsRefused() =>
        Assert.Equal(GateVerdict.Refuse, Estimate(Sample.Job with { CheckpointIntervalSeconds = 0 }, Sample.Plan).Verdict);

    [Fact]
    public void Given_EndpointsAndKeys_When_Estimated_Then_TheyCountForAsLongAsTheJobMayWait()
    {
        var plan = Sample.Plan with
        {
            InterfaceEndpointZones = 3,
            Resources = [Sample.Resource("aws_kms_key", "no-op", new { }), Sample.Resource("aws_kms_key", "delete", new { })],
        };

        var lines = Estimate(Sample.Job, plan).Lines;
        var line = lines.Single(line => line.Unit == "zone-hour");

        // 3 zones x (3600 + 120 + 60) s x 0.01 $/h
        Assert.Equal(0.0315m, line.Ceiling!.Value.Amount);
        Assert.Equal(21.9m, line.PerMonth!.Value.Amount);
        Assert.Equal(new Usd(1), lines.Single(line => line.Unit == "key-month").PerMonth);
    }

    [Fact]
    public void Given_ACheckpointIntervalThatLosesOverATenth_When_Estimated_Then_ItIsRefusedWithTheLongestAllowed()
    {
        // An interruption each 2.5 h: half an hour loses a tenth.
        var job = Sample.Job with { MaxRuntimeSeconds = 36_000, MaxWaitSeconds = 72_000 };
        var plan = Sample.Plan with { MaxRunCostUsd = new Usd(1000) };

        Assert.Equal(GateVerdict.NeedsApproval, Estimate(job with { CheckpointIntervalSeconds = 1800 }, plan).Verdict);
        var refused = Estimate(job with { CheckpointIntervalSeconds = 3600 }, plan);
        Assert.Equal(GateVerdict.Refuse, refused.Verdict);
        Assert.Contains("at most 1800", Assert.Single(refused.Reasons), StringComparison.Ordinal);
        Assert.Equal(GateVerdict.NeedsApproval, Estimate(job with { CheckpointIntervalSeconds = 3600, UseSpotInstances = false, MaxWaitSeconds = null }, plan).Verdict);
    }

    [Fact]
    public void Given_AnAutomaticInterval_When_EvenTheBestLosesOverATenth_Then_ItIsRefusedWithWhatToChange()
    {
        var job = Sample.Job with { MaxRuntimeSeconds = 36_000, MaxWaitSeconds = 72_000, CheckpointIntervalSeconds = null, CheckpointSizeGb = 100 };
        var plan = Sample.Plan with { MaxRunCostUsd = new Usd(1000) };

        var passed = Estimate(job, plan);
        Assert.Equal((GateVerdict.NeedsApproval, true), (passed.Verdict, passed.Checkpoints!.Auto));

        // A save of 200 s against an interruption each 9000 s.
        var refused = Estimate(job with { CheckpointSizeGb = 400 }, plan);
        Assert.Equal(GateVerdict.Refuse, refused.Verdict);
        Assert.Contains("checkpoint_size_gb", Assert.Single(refused.Reasons), StringComparison.Ordinal);
        Assert.Equal(GateVerdict.NeedsApproval, Estimate(job with { CheckpointSizeGb = 400, UseSpotInstances = false, MaxWaitSeconds = null }, plan).Verdict);
    }

    [Fact]
    public void Given_AlarmsCheckpointsAndLogs_When_Estimated_Then_EachIsALineWithItsSource()
    {
        var plan = Sample.Plan with { Resources = [Sample.Lifecycle(), Sample.Resource("aws_cloudwatch_metric_alarm", "create", new { }), Sample.Resource("aws_cloudwatch_metric_alarm", "no-op", new { })] };

        var lines = Estimate(Sample.Job with { CheckpointSizeGb = 2 }, plan).Lines;

        Assert.Equal(["node-hour", "GB-month", "GB-month", "GB of log", "alarm-month"], lines.Select(line => line.Unit));
        Assert.Equal(new Usd(0.2m), lines.Single(line => line.Unit == "alarm-month").PerMonth);

        // Of 33 checkpoints of 2 GB, 30 are removed and kept for 7 of 30.4 days; 3 and the model have no end, and are counted for 30 days.
        Assert.Equal([30 * 2 * 7 / 30.4m * 0.023m, 4 * 2 * 30 / 30.4m * 0.023m], lines.Where(line => line.Unit == "GB-month").Select(line => line.Ceiling!.Value.Amount));
        Assert.Equal(new Usd(4 * 2 * 0.023m), lines.Single(line => line is { Unit: "GB-month", PerMonth: not null }).PerMonth);
        Assert.All(lines, line => Assert.Contains("2026-11-23", line.Source, StringComparison.Ordinal));
    }

    [Fact]
    public void Given_TheExampleOfTheDocs_When_Estimated_Then_ItsFiguresAreThoseOfTheDocs()
    {
        var job = Sample.Job with { InstanceType = "ml.g5.2xlarge", MaxRuntimeSeconds = 7200, MaxWaitSeconds = 21_600, CheckpointIntervalSeconds = 300, CheckpointSizeGb = 1 };

        var cost = Estimate(job, Sample.Plan with { MaxRunCostUsd = new Usd(10), Resources = [Sample.Lifecycle(), Sample.Resource("aws_kms_key", "create", new { })] });

        Assert.Equal("$6.44 $1.84 $2.73", $"{cost.Ceiling} {cost.Expected} {cost.P90}");
    }

    [Fact]
    public void Given_AnMlflowServerWhosePriceNobodyKnows_When_Estimated_Then_ItIsRefusedByName()
    {
        var plan = Sample.Plan with { Resources = [Sample.Resource("aws_sagemaker_mlflow_tracking_server", "create", new { tracking_server_size = "Medium" })] };

        var cost = Estimate(Sample.Job, plan);

        Assert.Null(cost.Ceiling);
        Assert.Contains("MLflow server, Medium", Assert.Single(cost.Reasons), StringComparison.Ordinal);
    }

    [Fact]
    public void Given_ADisabledJob_When_Estimated_Then_OnlyTheInfrastructureCosts()
    {
        Assert.Equal(Usd.Zero, Estimate(Sample.Job with { Enabled = false }, Sample.Plan).Ceiling);

        var cost = Estimate(Sample.Job with { Enabled = false }, Sample.Plan with { Resources = [Sample.Resource("aws_kms_key", "create", new { })] });

        // One key for the hour and 180 s that a job may take: $0.0014, and up to the next cent at most.
        Assert.Equal((new Usd(0.0014m), new Usd(0.0014m), new Usd(0.01m)), (cost.Expected, cost.P90, cost.Ceiling));
        Assert.Equal((null, null, null, GateVerdict.NeedsApproval), (cost.JobRatePerHour, cost.CostSimulation, cost.Checkpoints, cost.Verdict));
        Assert.Empty(cost.NodeOptions);
    }

    [Fact]
    public void Given_AJob_When_Estimated_Then_TheP90IsThatOfTheNodesAndTheMostOfAllElse()
    {
        var job = Sample.Job with { CheckpointSizeGb = 2, DeadlineHours = 2 };
        var prices = Book.Snapshot(job.Region, job.InstanceType);

        var cost = Estimator.Estimate(job, Sample.Plan with { InterfaceEndpointZones = 3 }, prices, 1_000_000_000, "spot-only");

        var simulation = CostSimulation.Run(JobSimulation.InputsOf(job, prices, "spot-only"));
        var beside = cost.Lines.Where(line => line.Unit != "node-hour").Sum(line => line.Ceiling!.Value.Amount);
        Assert.Equal((2.816m * (decimal)simulation.P90Billable.TotalHours) + beside, cost.P90!.Value.Amount, 4);
        Assert.Equal(cost.Lines.Sum(line => line.Expected!.Value.Amount), cost.Expected!.Value.Amount, 4);
        Assert.Equal((new Usd(2.816m), new Usd(5m), Sample.Noon), (cost.JobRatePerHour, cost.MaxRunCostUsd, cost.PricedAt));
        Assert.Equal(simulation.Time with { DeadlineHours = 2 }, cost.CostSimulation);
        Assert.Equal(60, cost.Checkpoints!.IntervalSeconds);
        Assert.NotNull(Estimator.Estimate(job, Sample.Plan, prices).CostSimulation!.MoveShare);
    }

    [Fact]
    public void Given_ALimitThatIsJustMet_When_Estimated_Then_ItNeedsApproval() =>
        Assert.Equal(GateVerdict.NeedsApproval, Estimate(Sample.Job, Sample.Plan with { MaxRunCostUsd = new Usd(1.55m) }).Verdict);

    [Fact]
    public void Given_TheSameUnknownPriceTwice_When_Estimated_Then_ItIsAReasonOnce()
    {
        var server = Sample.Resource("aws_sagemaker_mlflow_tracking_server", "create", new { tracking_server_size = "Medium" });
        var fallback = new FallbackOption { InstanceType = "ml.p5en.48xlarge", InstanceCount = 1, UseSpotInstances = false };

        var cost = Estimator.Estimate(
            Sample.Job with { InstanceFallbacks = [fallback, fallback with { InstanceCount = 2 }] }, Sample.Plan with { Resources = [server, server with { Action = "delete" }] }, Book.Snapshot("us-east-1", "ml.g5.xlarge", "ml.p5en.48xlarge"));

        Assert.Equal((null, GateVerdict.Refuse), (cost.Ceiling, cost.Verdict));
        Assert.Equal(["BP1203", "BP1203"], cost.Reasons.Select(reason => reason.Split(' ')[0]));
    }

    [Property]
    public Property Given_AnyJob_When_ItRunsAsLongAsItsApprovalBuys_Then_ItsBillIsWithinTheApproval() => Prop.ForAll(
        Gen.Choose(1, 64).SelectMany(nodes => Gen.Choose(300, 2_419_200).SelectMany(runtime => Gen.Choose(0, 100).Select(cut => (nodes, runtime, cut)))).ToArbitrary(),
        drawn =>
        {
            var job = Sample.Job with { InstanceCount = drawn.nodes, MaxRuntimeSeconds = drawn.runtime, MaxWaitSeconds = drawn.runtime, InstanceType = "ml.m5.large" };
            var cost = Estimate(job, Sample.Plan with { MaxRunCostUsd = new Usd(1_000_000) });
            var approved = (cost.Ceiling!.Value * (1 - (drawn.cut / 1000m))).RoundedUpToCents();
            var bought = TryBudget(approved, cost, job);
            if (bought is null)
            {
                return true;
            }

            var billed = ActualCost.Calculate((int)bought.Value.TotalSeconds + 120 + 60, new Usd(0.115m) * job.InstanceCount);
            var beside = cost.Lines.Where(line => line.Unit != "node-hour").Aggregate(Usd.Zero, (sum, line) => sum + line.Ceiling!.Value);
            return billed + beside <= approved && bought <= TimeSpan.FromSeconds(job.MaxRuntimeSeconds);
        });

    private static CostRecord Estimate(TrainingJobSpec job, PlanRecord plan) => Estimator.Estimate(job, plan, Book.Snapshot(job.Region, job.InstanceType));

    private static TimeSpan? TryBudget(Usd approved, CostRecord cost, TrainingJobSpec job)
    {
        try
        {
            return RuntimeBudget.MaxRuntime(approved, cost, job);
        }
        catch (PipelineException)
        {
            return null;
        }
    }
}
