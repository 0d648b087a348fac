using BuildPipeline.Evidence;
using BuildPipeline.Jobs;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Prices;
using BuildPipeline.Runs;
using BuildPipeline.Training;
using Microsoft.Extensions.Time.Testing;

namespace BuildPipeline.Pipeline.Tests.Costing;

public sealed class MeasuredStallTests : IDisposable
{
    private static readonly PriceSnapshot Prices = new PriceBook().Snapshot("us-east-1", "ml.g5.xlarge");

    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(Sample.Noon);
    private readonly RunStore _store;

    public MeasuredStallTests() => _store = new RunStore(new ArtifactsFolder(_folder.Root), _time);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Given_EarlierRuns_When_Looked_Then_TheNewestThatCompletedOnSuchNodesCounts()
    {
        Keep(OutcomeKind.Completed, Sample.Job, 9);
        var newest = Keep(OutcomeKind.Completed, Sample.Job, 0.25, 0.75);
        Keep(OutcomeKind.Completed, Sample.Job with { InstanceCount = 8 }, 5);
        Keep(OutcomeKind.MaxRuntime, Sample.Job, 5);
        Keep(OutcomeKind.Completed, Sample.Job);

        var prices = new MeasuredStall(_store).AddTo(Prices, "sandbox", Sample.Job);

        Assert.Equal((0.5m, $"measured by run {newest.RunId}"), (prices.Inputs[^1].Value, prices.Inputs[^1].Source));
        Assert.Equal(TimeSpan.FromSeconds(0.5), JobAssumptions.Stall(Sample.Job, prices));
    }

    [Fact]
    public void Given_Fallbacks_When_Looked_Then_EachNodeOptionHasTheFigureOfItsOwnNodes()
    {
        var fallbacks = Sample.Job with { InstanceFallbacks = [new FallbackOption { InstanceType = "ml.g5.2xlarge", InstanceCount = 1, UseSpotInstances = false }] };
        Keep(OutcomeKind.Completed, Sample.Job, 0.5);
        Keep(OutcomeKind.Completed, Sample.Job with { InstanceType = "ml.g5.2xlarge", InstanceCount = 1 }, 2);

        var prices = new MeasuredStall(_store).AddTo(Prices, "sandbox", fallbacks);

        Assert.Equal([0.5, 2], fallbacks.NodeOptions().Select(nodeOption => JobAssumptions.Stall(nodeOption, prices).TotalSeconds));
    }

    [Fact]
    public void Given_NoRunOfTheEnvironment_When_Looked_Then_ThePricesAreAsTheyWere()
    {
        Keep(OutcomeKind.Completed, Sample.Job, 9);

        Assert.Equal(Prices.Sha256, new MeasuredStall(_store).AddTo(Prices, "dev", Sample.Job).Sha256);
    }

    private RunRecord Keep(OutcomeKind outcome, TrainingJobSpec job, params double[] stalls)
    {
        _time.Advance(TimeSpan.FromMinutes(1));
        var run = _store.Create("sandbox", null) with
        {
            Job = job,
            Attempts = [TestRuns.Intent with { Outcome = outcome }],
            Evidence = new EvidenceRecord
            {
                Findings = [],
                Checkpoints = [.. stalls.Select(stall => new CheckpointSummary(1, "s3://b/m", 2, 10, Sample.Noon, stall))],
                Interruptions = [],
                FinalMetrics = new Dictionary<string, double>(),
            },
        };
        _store.Save(run);
        return run;
    }
}
