using System.Globalization;
using System.Net.Http.Json;

namespace BuildPipeline.EndToEnd.Tests.Pipeline;

/// <summary>Spot is there for a few seconds, then gone for longer than the deadline allows.</summary>
[Collection(Alone.Name)]
public sealed class DeadlineTests : IAsyncLifetime
{
    // Enough for a first checkpoint on a busy machine, and too little for all the training on an idle one.
    private const int UpSeconds = 9;
    private const int OutageSeconds = 75;

    private static readonly string[] Hurried = ["--deadline=60s", "--var=expected_runtime_seconds=13"];

    private readonly Workplace _place = new();
    private readonly string _auto = Workplace.Example("auto-checkpoints");
    private string _slow = "";

    public async Task InitializeAsync()
    {
        // Thirteen seconds of training, so that the outage comes in the middle of it.
        _slow = await _place.SlowerAsync("slow.tfvars", steps: 216);
        (await _place.BuildAsync("--target=Apply", _slow)).With(0);
        await SetTraceAsync([.. Enumerable.Repeat(2, UpSeconds), .. Enumerable.Repeat(0, OutageSeconds), .. Enumerable.Repeat(2, 600)]);
    }

    public async Task DisposeAsync() => await _place.DisposeAsync();

    [TerraformFact]
    public async Task Given_ALongOutage_When_LaunchedWithADeadline_Then_TheJobMovesToOnDemandAndEndsInTimeWithTheSameLoss()
    {
        // What was approved is launched from what was uploaded, whatever the working copy holds when the job moves.
        using var data = new DataFolder();
        var launch = Workplace.EndAsync(_place.Start(["--target=Launch", _auto, _slow, data.Option, .. Hurried]));
        while ((await _place.JobsAsync()).Count == 0 && !launch.IsCompleted)
        {
            await Task.Delay(200);
        }

        data.Edit();
        (await launch).With(0).Saying("Moved to on-demand");
        data.Restore();

        var run = _place.Run;
        var attempts = run.GetProperty("attempts").EnumerateArray().ToList();
        Assert.Equal(["spot", "on_demand"], attempts.Select(attempt => attempt.GetProperty("market").GetString()));
        Assert.EndsWith("-a2", attempts[1].GetProperty("job_name").GetString(), StringComparison.Ordinal);
        Assert.Contains("the checkpoint of step", attempts[1].GetProperty("checkpoints").GetProperty("reason").GetString(), StringComparison.Ordinal);
        var summary = await File.ReadAllTextAsync(_place.RunFile("summary.md"));
        Assert.Contains(": met, with ", summary, StringComparison.Ordinal);
        Assert.Contains("| on-demand |", summary, StringComparison.Ordinal);
        Assert.True(run.GetProperty("evidence").GetProperty("interruptions").GetArrayLength() > 0);
        var loss = Loss();

        (await _place.BuildAsync("--target=Launch", _slow, data.Option, "--interruptions=0")).With(0);

        Assert.Equal(Loss(), loss, 1e-9);
    }

    [TerraformFact]
    public async Task Given_ALongOutage_When_LaunchedWithoutThePolicy_Then_TheDeadlineIsMissed()
    {
        // Policy and deadline are the run's: whoever continues it need not know them, and cannot change them.
        (await _place.BuildAsync(["--target=Launch", _slow, "--policy=spot-only", "--detach", .. Hurried])).With(75);
        (await _place.BuildAsync("--target=Launch", "--policy=greedy")).With(2).Saying("--policy=greedy");
        (await _place.BuildAsync("--target=Launch")).With(0);

        Assert.Single(_place.Run.GetProperty("attempts").EnumerateArray());
        Assert.Contains(": missed by ", await File.ReadAllTextAsync(_place.RunFile("summary.md")), StringComparison.Ordinal);
    }

    [TerraformFact]
    public async Task Given_AMoveForWhichTooLittleIsLeft_When_ItIsDue_Then_TheJobIsNotStoppedForIt()
    {
        await SetTraceAsync([.. Enumerable.Repeat(2, 600)]);

        // A minute is the least that is bought, and the job on spot has used some of the only one. This policy moves at its first look.
        (await _place.BuildAsync(["--target=Launch", _slow, "--policy=on-demand", "--var=max_runtime_seconds=60", .. Hurried])).With(0).Saying("pays for less than a minute");

        Assert.Equal("spot", Assert.Single(_place.Run.GetProperty("attempts").EnumerateArray()).GetProperty("market").GetString());
        Assert.Contains("launch.move_refused", await File.ReadAllTextAsync(_place.RunFile("events.jsonl")), StringComparison.Ordinal);
    }

    [TerraformFact]
    public async Task Given_SpotThatComesBack_When_TheJobHasMovedToOnDemandWithTimeToSpare_Then_ItMovesBackAndIsDoneInTime()
    {
        await SetTraceAsync([.. Enumerable.Repeat(0, 12), .. Enumerable.Repeat(2, 600)]);

        (await _place.BuildAsync("--target=Launch", await _place.SlowerAsync("long.tfvars", steps: 600), "--policy=uniform-progress", "--deadline=150s", "--var=expected_runtime_seconds=36"))
            .With(0).Saying("Moved back to spot");

        var attempts = _place.Run.GetProperty("attempts").EnumerateArray().ToList();
        Assert.Equal(["spot", "on_demand", "spot"], attempts.Select(attempt => attempt.GetProperty("market").GetString()));
        Assert.True(attempts[2].GetProperty("billable_seconds").GetInt32() > 0);
        Assert.Contains(": met, with ", await File.ReadAllTextAsync(_place.RunFile("summary.md")), StringComparison.Ordinal);
    }

    private async Task SetTraceAsync(int[] ticks)
    {
        var trace = _place.Write("trace.json", $$"""{"metadata":{"gap_seconds":1},"data":[{{string.Join(',', ticks)}}]}""");
        using var http = new HttpClient();
        var put = await http.PutAsJsonAsync(new Uri(_place.Sandbox().Url, "/_sandbox/spot"), new { trace, seconds_per_tick = 1.0 });
        put.EnsureSuccessStatusCode();
    }

    private double Loss() => double.Parse(
        _place.Run.GetProperty("evidence").GetProperty("final_metrics").GetProperty("validation:loss").GetRawText(), CultureInfo.InvariantCulture);

    // Data of its own, inside the repository as it has to be.
    private sealed class DataFolder : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateDirectory(Path.Combine(Workplace.Root, "TestResults", $"data-{Guid.NewGuid():N}"));
        private readonly string _text = string.Concat(Directory.GetFiles(Path.Combine(Workplace.Root, "docs"), "*.md").Order(StringComparer.Ordinal).Take(4).Select(File.ReadAllText));

        public DataFolder() => Restore();

        public string Option => $"--var=training_data_uri=TestResults/{_folder.Name}";

        public void Edit() => File.WriteAllText(FileName, "other text");

        public void Restore() => File.WriteAllText(FileName, _text);

        public void Dispose() => _folder.Delete(recursive: true);

        private string FileName => Path.Combine(_folder.FullName, "data.md");
    }
}
