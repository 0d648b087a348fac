using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace BuildPipeline.EndToEnd.Tests.Pipeline;

/// <summary>Variants of one job under one approval.</summary>
[Trait("Tier", "all")]
public sealed partial class SweepTests(SharedWorkplace shared) : IClassFixture<SharedWorkplace>
{
    private const int Variants = 8;

    private Workplace Place => shared.Place;

    [TerraformFact]
    public async Task Given_ASweepOfEightWithInterruptions_When_ItsDriverIsKilledAndTheSweepIsResumed_Then_NothingStartsTwiceAndTheBillIsUnderTheOneCeiling()
    {
        var variants = Enumerable.Range(1, Variants).Select(seed => new Dictionary<string, object> { ["hyperparameters.seed"] = $"{seed}", ["instance_count"] = 1 });
        var file = Place.Write("sweep.json", JsonSerializer.Serialize(new { variants }));
        string[] launch = ["--target=Launch", Workplace.Quick, $"--sweep={file}", "--parallel=4"];
        await InterruptAsync("checkpoint:2");
        using (var killed = Place.Start(launch))
        {
            await Eventually.HoldsAsync(
                async () => (await Place.JobsAsync()).Count >= 2 || (killed.HasExited ? throw new InvalidOperationException((await Workplace.EndAsync(killed)).Output) : false), seconds: 400);
            killed.Kill();
        }

        await InterruptAsync();
        var resumed = (await Workplace.EndAsync(Place.Start(launch), minutes: 10)).ShouldExitWith(0);

        var id = SweepPattern().Match(resumed.Output).Value;
        var status = await Place.BuildAsync("--target=Status", $"--run={id}", "--output=json");
        using var document = JsonDocument.Parse(status.ShouldExitWith(0).Output);
        var sweep = document.RootElement;
        List<JsonElement> runs = [.. sweep.GetProperty("variants").EnumerateArray().Select(variant => variant.GetProperty("run"))];
        Assert.Equal(Variants, runs.Count);
        Assert.All(runs, run => Assert.Equal(("closed_validated", 1, id), (run.GetProperty("state").GetString(), run.GetProperty("attempts").GetInt32(), run.GetProperty("sweep").GetString())));
        Assert.Equal(Variants, (await Place.JobsAsync()).Count);
        Assert.InRange(runs.Count(run => run.GetProperty("interruptions").GetInt32() > 0), 2, 4);
        Assert.Equal(runs.Sum(run => run.GetProperty("ceiling_usd").GetDecimal()), sweep.GetProperty("ceiling_usd").GetDecimal());
        Assert.InRange(sweep.GetProperty("spent_usd").GetDecimal(), 0.000001m, sweep.GetProperty("ceiling_usd").GetDecimal());
        List<(string Kind, DateTimeOffset At)> events = [.. runs.SelectMany(EventsOf).OrderBy(known => known.At)];
        Assert.Single(events, known => known.Kind == "apply.done");
        Assert.InRange(MostAtOnce(events), 1, 4);
        (await Place.ScriptAsync("--target=Resume", $"--run={id}")).ShouldExitWith(0);
        Assert.Equal(Variants, (await Place.JobsAsync()).Count);
    }

    private IEnumerable<(string Kind, DateTimeOffset At)> EventsOf(JsonElement run)
    {
        foreach (var line in File.ReadLines(Path.Combine(Place.ArtifactsFolder, "runs", run.GetProperty("run_id").GetString()!, "events.jsonl")))
        {
            using var known = JsonDocument.Parse(line);
            yield return (known.RootElement.GetProperty("kind").GetString()!, known.RootElement.GetProperty("at").GetDateTimeOffset());
        }
    }

    private static int MostAtOnce(IEnumerable<(string Kind, DateTimeOffset At)> events)
    {
        var (running, most) = (0, 0);
        foreach (var (kind, _) in events)
        {
            running += kind switch { "launch.submitted" => 1, "job.ended" => -1, _ => 0 };
            most = Math.Max(most, running);
        }

        return most;
    }

    private async Task InterruptAsync(params string[] interruptions)
    {
        using var http = new HttpClient();
        (await http.PutAsJsonAsync(new Uri(Place.Sandbox().Url, "/_sandbox/spot"), new { interruptions })).EnsureSuccessStatusCode();
    }

    [GeneratedRegex("sweep-[0-9]{8}-[0-9]{6}-[0-9a-f]{4}")]
    private static partial Regex SweepPattern();
}
