using System.Text.Json.Nodes;
using BuildPipeline.JobLogs;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Tracking;

namespace BuildPipeline.Pipeline.Tests.Tracking;

public sealed class JsonLinesTrackerTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string FilePath => Path.Combine(_folder.Root, "tracking.jsonl");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Given_a_run_that_grows_When_several_processes_send_it_Then_the_file_has_each_line_once_in_order()
    {
        await new JsonLinesTracker(FilePath).SendAsync(Run(2, "1", TrackedState.Running), default);
        var before = await File.ReadAllTextAsync(FilePath);
        var second = new JsonLinesTracker(FilePath);
        await second.SendAsync(Run(2, "1", TrackedState.Running), default);
        Assert.Equal(before, await File.ReadAllTextAsync(FilePath));

        await second.SendAsync(Run(3, "2", TrackedState.Killed), default);
        await second.SendAsync(Run(3, "2", TrackedState.Killed), default);

        var lines = File.ReadLines(FilePath).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.StartsWith(before, await File.ReadAllTextAsync(FilePath), StringComparison.Ordinal);
        Assert.Equal(["param", "tag", "metric", "metric", "state", "tag", "metric", "state"], lines.Select(line => (string)line["kind"]!));
        Assert.Equal(["running", "killed"], lines.Where(line => (string)line["kind"]! == "state").Select(line => (string)line["value"]!));
        Assert.Equal("NaN", (string)lines[6]["value"]!);
    }

    [Fact]
    public async Task Given_a_line_that_an_ended_process_did_not_finish_When_sent_again_Then_it_is_there_whole()
    {
        await new JsonLinesTracker(FilePath).SendAsync(Run(2, "1", TrackedState.Finished), default);
        var whole = await File.ReadAllLinesAsync(FilePath);
        await File.WriteAllTextAsync(FilePath, string.Join('\n', whole[..3]) + "\n" + whole[3][..10]);

        await new JsonLinesTracker(FilePath).SendAsync(Run(2, "1", TrackedState.Finished), default);

        Assert.Equal(whole, (await File.ReadAllLinesAsync(FilePath)).Where(line => line != whole[3][..10]));
    }

    [Fact]
    public async Task Given_a_file_that_cannot_be_written_When_sent_Then_the_tracker_says_so()
    {
        Directory.CreateDirectory(FilePath);

        await Assert.ThrowsAsync<TrackerException>(() => new JsonLinesTracker(FilePath).SendAsync(Run(1, "1", TrackedState.Running), default));
    }

    private static TrackedRun Run(int steps, string attempts, TrackedState state) => new()
    {
        RunId = "r",
        Name = "job",
        StartedAt = TestRuns.Start,
        State = state,
        EndedAt = state == TrackedState.Running ? null : TestRuns.Start.AddHours(1),
        Params = new Dictionary<string, string> { ["lr"] = "0.1" },
        Tags = new Dictionary<string, string> { ["pipeline.attempts"] = attempts },
        Metrics = [.. Enumerable.Range(1, steps).Select(step => new MetricPoint("loss", step, TestRuns.Start.AddSeconds(step), step == 3 ? double.NaN : step))],
    };
}
