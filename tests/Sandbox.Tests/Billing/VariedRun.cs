using BuildPipeline.Jobs;
using BuildPipeline.Prices;
using BuildPipeline.Sandbox.SageMaker.Spot;

namespace BuildPipeline.Sandbox.Tests.Billing;

/// <summary>A drawn job, the prices and assumptions that it is estimated under, and what then really happens to it.</summary>
/// <remarks>What happens is drawn from other families than the model's, with the same means: Weibull times between interruptions, triangular work and discounts.</remarks>
internal sealed record VariedRun(
    TrainingJobSpec Job, PriceSnapshot Prices, TimeSpan Work, decimal Discount, IReadOnlyList<TimeSpan> TimesBetweenInterruptions, TimeSpan Restart, double Pace)
{
    /// <summary>The same as a spot run that has to be done soon after the work it expects, so many have to move.</summary>
    public VariedRun Hurried(Random random) => this with
    {
        Job = Job with
        {
            UseSpotInstances = true,
            MaxWaitSeconds = 40 * 86_400,
            DeadlineHours = (Job.ExpectedRuntimeSeconds!.Value * (1.05 + (0.3 * random.NextDouble())) + (3 * Restart.TotalSeconds)) / 3600,
        },
    };

    /// <summary>What the sandbox is told of the market: the length of each time between interruptions.</summary>
    public SpotSchedule Schedule => new([.. TimesBetweenInterruptions.Select(length => FormattableString.Invariant($"{length.TotalSeconds:0.###}s"))], Discount);

    /// <summary>The work that the newest checkpoint holds of so much training.</summary>
    public TimeSpan Saved(TimeSpan trained)
    {
        var interval = Job.CheckpointIntervalSeconds!.Value;
        return TimeSpan.FromSeconds(Math.Max(0, Math.Floor(trained.TotalSeconds / Pace / interval) * interval));
    }

    private const double Shape = 0.6;
    private const double MeanOfShape = 1.5046; // Gamma(1 + 1 / 0.6)
    private const double Spread = 0.15;
    private const int MostInterruptions = 400;

    public static VariedRun Draw(Random random)
    {
        double Between(double low, double high) => low + (random.NextDouble() * (high - low));
        var spot = random.NextDouble() < 0.85;
        var expected = TimeSpan.FromHours(Math.Exp(Between(Math.Log(0.5), Math.Log(20))));
        var (timeBetweenInterruptions, restart, discount) = (TimeSpan.FromHours(Between(1, 8)), Math.Round(Between(60, 600)), Math.Round(Between(0.5, 0.75), 2));
        var p90Discount = Math.Round(discount - Between(0.05, 0.2), 2);
        var job = DrawJob(random, expected, (int)(expected.TotalSeconds * Between(1.3, 2.2)), spot);
        var stall = (double)job.CheckpointSizeGb / job.InstanceCount;
        return new VariedRun(
            job,
            PricesWith(timeBetweenInterruptions, restart, discount, p90Discount),
            expected * Triangular(random, 1, Spread),
            spot ? (decimal)Math.Clamp(Triangular(random, discount, (discount - p90Discount) / 1.28), 0, 0.95) : 0,
            [.. Enumerable.Range(0, MostInterruptions).Select(_ => WholeMilliseconds(timeBetweenInterruptions * (Math.Pow(-Math.Log(1 - random.NextDouble()), 1 / Shape) / MeanOfShape)))],
            TimeSpan.FromSeconds(restart),
            1 + (stall / job.CheckpointIntervalSeconds!.Value));
    }

    private static TrainingJobSpec DrawJob(Random random, TimeSpan expected, int maxRuntime, bool spot) => new()
    {
        Enabled = true,
        Name = "varied",
        Region = "us-east-1",
        Environment = "sandbox",
        Team = "research",
        TrainingImageUri = "sandbox/builtin",
        InstanceType = "ml.g5.xlarge",
        InstanceCount = random.Next(1, 4),
        VolumeSizeGb = 50,
        MaxRuntimeSeconds = maxRuntime,
        MaxWaitSeconds = spot ? 40 * 86_400 : null,
        ExpectedRuntimeSeconds = (int)expected.TotalSeconds,
        CheckpointSizeGb = random.Next(0, 60),
        CheckpointIntervalSeconds = random.Next(60, 1200),
        UseSpotInstances = spot,
        TrainingDataUri = "docs",
        ArtifactBucket = "artifacts",
        ArtifactPrefix = "runs",
        LogGroupName = "/aws/sagemaker/TrainingJobs",
    };

    private static PriceSnapshot PricesWith(TimeSpan timeBetweenInterruptions, double restart, double discount, double p90Discount)
    {
        var own = new Dictionary<string, decimal>
        {
            ["mean time between interruptions"] = (decimal)timeBetweenInterruptions.TotalHours,
            ["mean wait for capacity"] = 0,
            ["restart"] = (decimal)restart,
            ["spread of the work"] = (decimal)Spread,
            ["spot discount, expected"] = (decimal)discount,
            ["spot discount, p90"] = (decimal)p90Discount,
        };
        var table = new PriceBook().Snapshot("us-east-1", "ml.g5.xlarge");
        return table with { Inputs = [.. table.Inputs.Select(figure => own.TryGetValue(figure.Name, out var value) ? figure with { Value = value } : figure)] };
    }

    // A schedule of the sandbox has no finer grain.
    private static TimeSpan WholeMilliseconds(TimeSpan span) => TimeSpan.FromMilliseconds(Math.Ceiling(span.TotalMilliseconds));

    // Symmetric, with that standard deviation.
    private static double Triangular(Random random, double mean, double deviation) =>
        mean + (deviation * Math.Sqrt(6) * (random.NextDouble() - random.NextDouble()));
}
