using System.Collections.Concurrent;
using System.Globalization;
using BuildPipeline.EndToEnd.Tests.Pipeline;
using Xunit.Abstractions;

namespace BuildPipeline.EndToEnd.Tests.Matrix;

/// <summary>
/// Full runs whose driver is killed around each of their effects and at random times, and that are continued from a folder that knows
/// nothing of them: each ends as a run that was not disturbed, with one job, one comment and one ledger entry.
/// </summary>
[Trait("Tier", "all")]
public sealed class KillMatrixTests(ITestOutputHelper output)
{
    private const int Lanes = 2;
    private const int RandomTimes = 40;
    private const int Seed = 14;

    [TerraformFact(needsBash: true)]
    public async Task Given_KillsAroundEachEffectAndAtRandomTimes_When_ContinuedElsewhere_Then_EachRunEndsAsAnUndisturbedOne()
    {
        var rows = new ConcurrentBag<Row>();
        var lanes = await Task.WhenAll(Enumerable.Range(0, Lanes).Select(async _ => await StartAsync()));
        try
        {
            var reference = lanes[0];
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"undisturbed: {reference.Duration.TotalSeconds:0.0} s, {reference.Requests.Count} requests"));
            var points = new ConcurrentQueue<(int Number, KillPoint Point)>(MatrixPart.Of<KillPoint>([.. KillPoint.Around(reference.Requests), .. AtRandomTimes(reference.Duration)]).Index());
            await Task.WhenAll(lanes.Select(async lane =>
            {
                while (points.TryDequeue(out var next))
                {
                    rows.Add(await RunOrSayAsync(lane, next.Number, next.Point));
                }
            }));
        }
        finally
        {
            foreach (var lane in lanes)
            {
                await lane.DisposeAsync();
            }
        }

        foreach (var row in rows.OrderBy(row => row.Number))
        {
            output.WriteLine($"| {row.Number} | {row.Point.Name} | {row.Seen} | {(row.Problems.Count == 0 ? "ok" : string.Join("; ", row.Problems))} |");
        }

        Assert.All(rows, row => Assert.Empty(row.Problems));
    }

    private static async Task<MatrixLane> StartAsync()
    {
        var lane = new MatrixLane();
        await lane.InitializeAsync();
        return lane;
    }

    private static IEnumerable<KillPoint> AtRandomTimes(TimeSpan duration)
    {
        var random = new Random(Seed);
        return Enumerable.Range(0, RandomTimes).Select(_ => duration * random.NextDouble()).Order()
            .Select(time => new KillPoint(string.Create(CultureInfo.InvariantCulture, $"after {time.TotalSeconds:0.00} s"), null, time));
    }

    private static async Task<Row> RunOrSayAsync(MatrixLane lane, int number, KillPoint point)
    {
        try
        {
            return await RunAsync(lane, number, point);
        }
        catch (Exception exception) when (exception is OperationCanceledException or TimeoutException)
        {
            return new(number, point, "", [exception.Message]);
        }
    }

    private static async Task<Row> RunAsync(MatrixLane lane, int number, KillPoint point)
    {
        var known = await lane.RunIdsAsync();
        lane.MoveToAnotherMachine();
        if (point.Fault is { } fault)
        {
            await lane.Place.FaultsAsync(fault);
        }

        if (!await KillAsync(lane, point))
        {
            return new(number, point, "not reached", []);
        }

        // Terraform ends in order by itself, and nobody has to remove its lock.
        await Eventually.HoldsAsync(async () => await lane.LocksAsync() == 0, seconds: 120);
        var started = (await lane.RunIdsAsync()).Except(known).ToList();
        lane.MoveToAnotherMachine();
        var ended = await lane.Place.BuildAsync(lane.Launch([.. started.Select(id => $"--run={id}")]));
        var runs = (await lane.RunIdsAsync()).Except(known).ToList();
        return new(number, point, started.Count == 0 ? "no run yet" : "continued", runs.Count == 1 ? await lane.ProblemsAsync(runs[0], ended) : [$"{runs.Count} runs, exit {ended.ExitCode}: {MatrixLane.ErrorOf(ended)}"]);
    }

    // False if the driver ended before.
    private static async Task<bool> KillAsync(MatrixLane lane, KillPoint point)
    {
        using var process = lane.Place.StartDriver(lane.Launch());
        try
        {
            if (point.After is { } time)
            {
                await Task.WhenAny(Task.Delay(time), process.WaitForExitAsync());
            }
            else
            {
                await Eventually.HoldsAsync(async () => process.HasExited || await lane.Place.FaultsAreMetAsync(), seconds: 240, everyMilliseconds: 5);
            }

            return !process.HasExited;
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
            await lane.ClearFaultsAsync();
        }
    }

    private sealed record Row(int Number, KillPoint Point, string Seen, IReadOnlyList<string> Problems);
}
