using System.Globalization;
using System.Text.RegularExpressions;
using Amazon.S3.Model;
using Xunit.Abstractions;

namespace BuildPipeline.EndToEnd.Tests.Pipeline;

/// <summary>The training program itself, on two nodes of the sandbox, with this machine's Python and PyTorch.</summary>
public sealed partial class PyTorchTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const double Tolerance = 1e-6;
    private const int TotalSteps = 80;

    private static readonly string Example = Workplace.Example("pytorch-cpu");

    private readonly Workplace _place = new();

    public Task InitializeAsync() => _place.HostSandboxAsync();

    public async Task DisposeAsync() => await _place.DisposeAsync();

    [Trait("Tier", "all")]
    [TorchFact]
    public async Task Given_TwoInterruptions_When_TheProgramTrainsOnTwoNodes_Then_ItsLossCurveIsThatOfTheUninterruptedRun()
    {
        (await _place.BuildAsync("--target=Launch", Example, "--interruptions=0")).ShouldExitWith(0);
        var undisturbed = await CurveAsync();
        (await _place.BuildAsync("--target=Launch", Example, "--interruptions=checkpoint:1,checkpoint:3")).ShouldExitWith(0);
        var interrupted = await CurveAsync();
        Print(undisturbed, interrupted);

        var interruptions = _place.Run.GetProperty("evidence").GetProperty("interruptions").EnumerateArray().ToList();
        Assert.Equal(2, interruptions.Count);
        Assert.All(interruptions, interruption => Assert.True(interruption.GetProperty("resumed_from_step").GetInt32() > 0));
        Assert.Equal(Enumerable.Range(1, TotalSteps), undisturbed.Select(steps => steps.Key).Order());
        Assert.Equal(Enumerable.Range(1, TotalSteps), interrupted.Select(steps => steps.Key).Order());
        var curve = undisturbed.ToDictionary(steps => steps.Key, Assert.Single);

        // A step that was done again after an interruption counts each time.
        Assert.All(
            interrupted.SelectMany(steps => steps.Select(loss => (Step: steps.Key, Loss: loss))),
            point => Assert.InRange(point.Loss, curve[point.Step] - Tolerance, curve[point.Step] + Tolerance));
    }

    [TorchFact]
    [Trait("Tier", "all")]
    public async Task Given_ATrainingWithoutEnd_When_ItIsStopped_Then_SIGTERMReachesTheProgramWhichSavesACheckpoint()
    {
        string[] endless =
        [
            Example, """--var=hyperparameters={total_steps="1000000",step_delay_ms="20",checkpoint_interval_steps="0",checkpoint_interval_seconds="100000",report_interval_steps="1"}""",
        ];
        (await _place.BuildAsync(["--target=Launch", "--detach", "--interruptions=0", .. endless])).ShouldExitWith(75);
        var job = Assert.Single(await _place.JobsAsync());
        await Eventually.HoldsAsync(async () => (await _place.LogOfAsync(job)).Any(line => StepLine().IsMatch(line)));

        (await _place.BuildAsync("--target=Stop")).ShouldExitWith(0);
        (await _place.BuildAsync(["--target=Launch", .. endless])).ShouldExitWith(6);

        using var s3 = _place.CreateS3();
        var bucket = _place.Run.GetProperty("job").GetProperty("artifact_bucket").GetString()!;
        var kept = await s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = bucket, Prefix = $"runs/{_place.LatestRunId}/checkpoints/" });
        Assert.Single(kept.S3Objects, item => item.Key.EndsWith("/manifest.json", StringComparison.Ordinal));
    }

    /// <summary>Every loss that the newest run's nodes reported, by step.</summary>
    private async Task<ILookup<int, double>> CurveAsync()
    {
        var job = _place.Run.GetProperty("attempts")[0].GetProperty("job_name").GetString()!;
        return (await _place.LogOfAsync(job)).Select(line => StepLine().Match(line)).Where(match => match.Success).ToLookup(
            match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture),
            match => double.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));
    }

    private void Print(ILookup<int, double> undisturbed, ILookup<int, double> interrupted)
    {
        output.WriteLine("step  uninterrupted       interrupted twice");
        foreach (var steps in undisturbed.OrderBy(steps => steps.Key))
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{steps.Key,4}  {steps.First(),-18:R}  {string.Join("  ", interrupted[steps.Key])}"));
        }
    }

    [GeneratedRegex("^step=([0-9]+) train:loss=([-+0-9.eE]+)")]
    private static partial Regex StepLine();
}
