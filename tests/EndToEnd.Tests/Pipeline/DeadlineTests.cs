using System.Globalization;

namespace BuildPipeline.EndToEnd.Tests.Pipeline;

/// <summary>Spot is there for a few seconds, then gone for longer than the deadline allows.</summary>
public sealed class DeadlineTests : SpotOutage
{
    private readonly string _auto = Workplace.Example("auto-checkpoints");

    [TerraformFact]
    [Trait("Tier", "all")]
    public async Task Given_ALongOutage_When_LaunchedWithADeadline_Then_TheJobMovesToOnDemandAndEndsInTimeWithTheSameLoss()
    {
        // What was approved is launched from what was uploaded, whatever the working copy holds when the job moves.
        using var data = new DataFolder();
        var launch = Workplace.EndAsync(Place.Start(["--target=Launch", _auto, Slow, data.Option, .. Hurried]));
        await Eventually.HoldsAsync(async () => launch.IsCompleted || (await Place.JobsAsync()).Count > 0, seconds: 240);
        data.Edit();
        (await launch).ShouldExitWith(0);
        data.Restore();

        var run = Place.Run;
        var attempts = run.GetProperty("attempts").EnumerateArray().ToList();
        Assert.Equal(["spot", "on_demand"], attempts.Select(attempt => attempt.GetProperty("market").GetString()));
        Assert.EndsWith("-a2", attempts[1].GetProperty("job_name").GetString(), StringComparison.Ordinal);
        Assert.Matches(@"step \d+", attempts[1].GetProperty("checkpoints").GetProperty("reason").GetString());
        var summary = await File.ReadAllTextAsync(Place.RunFile("summary.md"));
        Assert.Contains(": met, with ", summary, StringComparison.Ordinal);
        Assert.Contains("| on-demand |", summary, StringComparison.Ordinal);
        Assert.True(run.GetProperty("evidence").GetProperty("interruptions").GetArrayLength() > 0);
        var loss = Loss();

        var undelayed = await Place.SlowerAsync("undelayed.tfvars", Steps, stepMilliseconds: 0);
        (await Place.BuildAsync("--target=Launch", undelayed, data.Option, "--interruptions=0")).ShouldExitWith(0);

        Assert.Equal(Loss(), loss, 1e-9);
    }

    [Trait("Tier", "all")]
    [TerraformFact]
    public async Task Given_ALongOutage_When_LaunchedWithoutThePolicy_Then_TheDeadlineIsMissed()
    {
        await SetOutageAsync(seconds: 35);
        // Policy and deadline are the run's: a process that continues it need not know them, and cannot change them.
        (await Place.BuildAsync("--target=Launch", Slow, "--policy=spot-only", "--detach", "--deadline=30s", "--var=expected_runtime_seconds=13")).ShouldExitWith(75);
        (await Place.BuildAsync("--target=Launch", "--policy=greedy")).ShouldExitWith(2, "BP1732").ShouldContain("--policy=greedy");
        (await Place.BuildAsync("--target=Launch")).ShouldExitWith(0);

        Assert.Single(Place.Run.GetProperty("attempts").EnumerateArray());
        Assert.Contains(": missed by ", await File.ReadAllTextAsync(Place.RunFile("summary.md")), StringComparison.Ordinal);
    }

    private double Loss() => double.Parse(
        Place.Run.GetProperty("evidence").GetProperty("final_metrics").GetProperty("validation:loss").GetRawText(), CultureInfo.InvariantCulture);

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
