using System.Text.Json.Nodes;
using BuildPipeline.JobLogs;
using BuildPipeline.Sandbox.Tests.Support;
using BuildPipeline.Tracking;

namespace BuildPipeline.Sandbox.Tests.Mlflow;

/// <summary>The pipeline's tracker against the sandbox's MLflow. Each test has its own experiment.</summary>
public sealed class TrackerTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public async Task Given_three_attempts_and_a_change_of_driver_When_tracked_Then_it_is_one_run_with_one_history_and_its_end_state()
    {
        var first = Tracker("attempts");
        await first.SendAsync(Run("attempts", Steps(1, 0, 50)), default);
        await first.SendAsync(Run("attempts", [.. Steps(1, 0, 60)]), default);
        var second = Tracker("attempts");
        await second.SendAsync(Run("attempts", [.. Steps(1, 0, 60), .. Steps(2, 40, 90)]), default);
        var whole = Run("attempts", [.. Steps(1, 0, 60), .. Steps(2, 40, 90), .. Steps(3, 80, 2600)]) with { State = TrackedState.Killed, EndedAt = Start.AddHours(1) };
        await second.SendAsync(whole, default);
        await Tracker("attempts").SendAsync(whole, default);

        await AssertCompleteAsync(whole);
    }

    [Fact]
    public async Task Given_a_server_that_is_down_and_loses_answers_for_half_the_run_When_it_is_back_Then_all_is_there_once()
    {
        var tracker = Tracker("down");
        await tracker.SendAsync(Run("down", Steps(1, 0, 100)), default);
        foreach (var (operation, kind) in new[] { ("runs/log-batch", "drop_response"), ("runs/log-batch", "internal_error"), ("*", "internal_error"), ("runs/search", "throttle"), ("runs/update", "drop_response") })
        {
            await sandbox.PlanFaultAsync("mlflow", operation, kind);
        }

        var failures = 0;
        var whole = Run("down", Steps(1, 0, 3500)) with { State = TrackedState.Finished, EndedAt = Start.AddHours(1) };
        for (var tries = 0; tries < 10; tries++)
        {
            try
            {
                await tracker.SendAsync(tries < 4 ? Run("down", Steps(1, 0, 200 + (tries * 900))) : whole, default);
            }
            catch (TrackerException)
            {
                failures++;
            }
        }

        Assert.Equal(5, failures);
        await AssertCompleteAsync(whole);
    }

    [Fact]
    public async Task Given_the_answer_to_a_creation_is_lost_When_sent_again_Then_there_is_one_run()
    {
        await sandbox.PlanFaultAsync("mlflow", "experiments/create", "drop_response");
        await sandbox.PlanFaultAsync("mlflow", "runs/create", "drop_response");
        var (tracker, run) = (Tracker("lost"), Run("lost", Steps(1, 0, 3)));
        await Assert.ThrowsAsync<TrackerException>(() => tracker.SendAsync(run, default));
        await Assert.ThrowsAsync<TrackerException>(() => tracker.SendAsync(run, default));

        await tracker.SendAsync(run, default);

        await AssertCompleteAsync(run);
    }

    [Fact]
    public async Task Given_two_processes_that_created_the_run_at_once_When_both_continue_Then_one_run_is_left_and_has_everything()
    {
        var client = new RawMlflow(sandbox.Http);
        var (tracker, run) = (Tracker("twins"), Run("twins", Steps(1, 0, 5)));
        await tracker.SendAsync(run, default);
        var experiment = (await client.GetAsync("experiments/get-by-name?experiment_name=twins"))["experiment"]!["experiment_id"]!.ToString();
        for (var other = 0; other < 3; other++)
        {
            await client.PostAsync("runs/create", new { experiment_id = experiment, run_name = "job", tags = new[] { new { key = "pipeline.run_id", value = "run-twins" } } });
        }

        var whole = Run("twins", Steps(1, 0, 9));
        await Tracker("twins").SendAsync(whole, default);
        await tracker.SendAsync(whole, default);

        await AssertCompleteAsync(whole);
    }

    [Fact]
    public async Task Given_two_experiments_and_a_model_When_sent_twice_Then_each_has_the_run_and_one_version()
    {
        var model = new TrackedModel("demo", "s3://bucket/model.tar.gz");
        foreach (var name in new[] { "models-1", "models-1", "models-2" })
        {
            var run = Run(name, Steps(1, 0, 3)) with { State = TrackedState.Finished, EndedAt = Start, Model = model };
            await Tracker(name).SendAsync(run, default);
            await AssertCompleteAsync(run);
        }

        var versions = await new RawMlflow(sandbox.Http).GetAsync("model-versions/search?filter=" + Uri.EscapeDataString("name='demo'"));
        Assert.Equal(["2", "1"], versions["model_versions"]!.AsArray().Select(version => version!["version"]!.ToString()));
    }

    [Fact]
    public async Task Given_what_people_changed_on_the_server_When_sent_Then_each_has_a_clear_message()
    {
        var client = new RawMlflow(sandbox.Http);
        var run = Run("changed", Steps(1, 0, 3));
        await Tracker("changed").SendAsync(run, default);
        var id = (await RunsAsync("changed"))[0]["info"]!["run_id"]!.ToString();

        var notes = (await Tracker("changed").SendAsync(run with { Params = new Dictionary<string, string> { ["lr"] = "0.9" } }, default)).Notes;
        await client.PostAsync("runs/delete", new { run_id = id });
        var deletedRun = await Assert.ThrowsAsync<TrackerException>(() => Tracker("changed").SendAsync(run, default));
        await client.PostAsync("runs/restore", new { run_id = id });
        await client.PostAsync("experiments/delete", new { experiment_id = (await client.GetAsync("experiments/get-by-name?experiment_name=changed"))["experiment"]!["experiment_id"]!.ToString() });
        var deletedExperiment = await Assert.ThrowsAsync<TrackerException>(() => Tracker("changed").SendAsync(run, default));

        Assert.Contains("lr", Assert.Single(notes), StringComparison.Ordinal);
        Assert.Contains(id, deletedRun.Message, StringComparison.Ordinal);
        Assert.Contains("\"changed\" is deleted", deletedExperiment.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_nobody_who_listens_When_sent_Then_the_tracker_says_so()
    {
        using var http = new HttpClient();
        var tracker = new MlflowTracker(new MlflowClient(http, new PlainMlflowAccess(new PlainMlflow(new Uri("http://127.0.0.1:9")), "NONE", _ => null)), "none");

        Assert.Contains("reached", (await Assert.ThrowsAsync<TrackerException>(() => tracker.SendAsync(Run("none", []), default))).Message, StringComparison.Ordinal);
    }

    private MlflowTracker Tracker(string experiment) =>
        new(new MlflowClient(sandbox.Http, new PlainMlflowAccess(new PlainMlflow(sandbox.Url), "NONE", _ => null)), experiment);

    private async Task<IReadOnlyList<JsonNode>> RunsAsync(string experiment)
    {
        var client = new RawMlflow(sandbox.Http);
        var id = (await client.GetAsync($"experiments/get-by-name?experiment_name={experiment}"))["experiment"]!["experiment_id"]!.ToString();
        return [.. (await client.PostAsync("runs/search", new { experiment_ids = new[] { id } }))["runs"]!.AsArray().Select(run => run!)];
    }

    // One run, with each value once, none of which came twice, and its state.
    private async Task AssertCompleteAsync(TrackedRun run)
    {
        var found = Assert.Single(await RunsAsync(run.RunId["run-".Length..]));
        var id = found["info"]!["run_id"]!.ToString();
        var history = (await new RawMlflow(sandbox.Http).GetAsync($"metrics/get-history?run_id={id}&metric_key=train/loss"))["metrics"]!.AsArray();
        var resources = JsonNode.Parse(await sandbox.Http.GetStringAsync("/_sandbox/resources"))!["mlflow_runs"]!.AsArray().Single(known => known!["id"]!.ToString() == id)!;
        Assert.Equal(
            run.Metrics.OrderBy(point => point.At).Select(point => (point.Step, point.At.ToUnixTimeMilliseconds(), point.Value)),
            history.Select(metric => ((long)metric!["step"]!, (long)metric["timestamp"]!, (double)metric["value"]!)));
        Assert.Equal(0, (int)resources["repeated_metrics"]!);
        Assert.Equal(run.State.ToString().ToUpperInvariant(), found["info"]!["status"]!.ToString());
        Assert.Equal(run.EndedAt?.ToUnixTimeMilliseconds(), (long?)found["info"]!["end_time"]);
        Assert.Equal(run.Name, found["info"]!["run_name"]!.ToString());
        Assert.Contains(found["data"]!["tags"]!.AsArray(), tag => tag!["key"]!.ToString() == "pipeline.run_id" && tag["value"]!.ToString() == run.RunId);
        Assert.Equal("0.1", Assert.Single(found["data"]!["params"]!.AsArray())!["value"]!.ToString());
    }

    private static IReadOnlyList<MetricPoint> Steps(int attempt, int from, int to) =>
        [.. Enumerable.Range(from, to - from).Select(step => new MetricPoint("train:loss", step, Start.AddHours(attempt).AddMilliseconds(step * 7), 1.0 / (step + attempt)))];

    private static TrackedRun Run(string experiment, IReadOnlyList<MetricPoint> metrics) => new()
    {
        RunId = $"run-{experiment}",
        Name = "job",
        StartedAt = Start,
        State = TrackedState.Running,
        Params = new Dictionary<string, string> { ["lr"] = "0.1" },
        Tags = new Dictionary<string, string> { ["pipeline.run_id"] = $"run-{experiment}" },
        Metrics = metrics,
    };
}
