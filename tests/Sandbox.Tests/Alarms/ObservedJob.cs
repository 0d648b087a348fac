using System.Text.Json.Nodes;
using BuildPipeline.Checkpoints;
using BuildPipeline.Costing;
using BuildPipeline.Jobs;
using BuildPipeline.Kernel;
using BuildPipeline.Observability;
using BuildPipeline.Prices;
using BuildPipeline.Reporting;
using BuildPipeline.Runs;
using BuildPipeline.Sandbox.Tests.CloudWatch;
using BuildPipeline.Sandbox.Tests.Models;
using BuildPipeline.Spot;
using BuildPipeline.Stalls;
using BuildPipeline.Training;

namespace BuildPipeline.Sandbox.Tests.Alarms;

/// <summary>A run that is followed, minute by minute on a clock of its own: expected to take an hour, a checkpoint every five minutes, six minutes for a restart.</summary>
internal sealed class ObservedJob : IDisposable
{
    public const string RunId = "20260101-000000-ab12";

    private static readonly string[] Settings =
        ["AlarmName", "AlarmDescription", "AlarmActions", "Namespace", "MetricName", "Dimensions", "Statistic", "Period", "EvaluationPeriods", "DatapointsToAlarm", "Threshold", "ComparisonOperator", "TreatMissingData", "AlarmRule"];

    private readonly CloudWatchHarness _cloudWatch = new();
    private readonly HarnessClients _clients;
    private readonly ObservedRun _run = new(AlarmedSandbox.Name, "research", RunId);
    private readonly AlarmSpec _settings = new() { TopicArn = AlarmedSandbox.Topic, HeartbeatMinutes = 5, DetachedHours = 24 };
    private readonly List<StatusTransition> _transitions = [];
    private readonly List<LineageEntry> _lineage = [];
    private readonly List<ReadManifest> _saved = [];

    public ObservedJob() => _clients = new HarnessClients(_cloudWatch.Service);

    /// <summary>Minutes since the submission.</summary>
    public int Minute { get; private set; }

    /// <summary>The alarms that told people, with the minute, without the environment's name.</summary>
    public List<(string Alarm, int Minute)> Told { get; } = [];

    /// <summary>Copies the alarms of a sandbox, and sets the run's own.</summary>
    public async Task SubmitAsync(JsonObject alarms)
    {
        foreach (var (operation, alarm) in alarms["MetricAlarms"]!.AsArray().Select(alarm => ("PutMetricAlarm", alarm)).Concat(alarms["CompositeAlarms"]!.AsArray().Select(alarm => ("PutCompositeAlarm", alarm))))
        {
            var settings = alarm!.AsObject().Where(member => Settings.Contains(member.Key)).Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone()));
            await _cloudWatch.Service.CallAsync(operation, new JsonObject(settings).ToJsonString());
        }

        await new RunAlarms(_clients).SetAsync(HeartbeatAlarm.Followed(_run, _settings, "./build.sh --target=Launch")!, _run, _settings.TopicArn, default);
        Enter("Starting");
    }

    public void Enter(string status)
    {
        var now = _cloudWatch.Time.GetUtcNow();
        _transitions.RemoveAll(transition => transition.EndedAt is null && transition.StartedAt == now);
        if (_transitions is [.., { EndedAt: null } last])
        {
            _transitions[^1] = last with { EndedAt = now };
        }

        _transitions.Add(new StatusTransition(status, now, null, null));
        if (status == "Training")
        {
            // The program continues from its newest checkpoint.
            var newest = _saved.Count > 0 ? _saved[^1] : null;
            _lineage.Add(new LineageEntry(_lineage.Count + 1, newest?.Manifest.Step ?? 0, newest?.Sha256, now, newest is null ? null : (newest.Manifest.WrittenAt - newest.Manifest.Lineage[^1].StartedAt).TotalSeconds));
        }
    }

    public void Save()
    {
        var manifest = new CheckpointManifest
        {
            Format = CheckpointManifest.CurrentFormat, Job = AlarmedSandbox.Name, Step = Minute, WorldSize = 1, WrittenAt = _cloudWatch.Time.GetUtcNow(), Files = [new("rank-0", 0, 1, "")], Lineage = [.. _lineage],
        };
        _saved.Add(new ReadManifest(manifest, $"{Minute:x64}"));
    }

    /// <summary>A minute passes, at whose start a living pipeline publishes.</summary>
    public async Task PassAsync(bool isFollowed = true)
    {
        if (isFollowed)
        {
            var now = _cloudWatch.Time.GetUtcNow();
            await new MetricPublisher(_clients).PublishAsync(_run, RunMetricsView.Create(Record, Look, now), now, default);
        }

        _cloudWatch.Time.Advance(TimeSpan.FromMinutes(1));
        Minute++;
        Told.AddRange(_cloudWatch.Topics.Published.Select(message => (((string)JsonNode.Parse(message.Message.Body)!["AlarmName"]!)[(AlarmedSandbox.Name.Length + 1)..], Minute)));
        _cloudWatch.Topics.Published.Clear();
    }

    /// <summary>The last job has ended: the run's alarm goes.</summary>
    public Task EndAsync() => new RunAlarms(_clients).DeleteAsync([HeartbeatAlarm.NameOf(_run)], default);

    /// <summary>The alarms that are in ALARM now, without the environment's name.</summary>
    public async Task<IReadOnlyList<string>> InAlarmAsync()
    {
        var found = await _cloudWatch.Service.CallAsync("DescribeAlarms", """{"StateValue":"ALARM","AlarmTypes":["MetricAlarm","CompositeAlarm"]}""");
        return [.. found["MetricAlarms"]!.AsArray().Concat(found["CompositeAlarms"]!.AsArray()).Select(alarm => ((string)alarm!["AlarmName"]!)[(AlarmedSandbox.Name.Length + 1)..])];
    }

    public void Dispose()
    {
        _clients.Dispose();
        _cloudWatch.Dispose();
    }

    private RunRecord Record => new()
    {
        RunId = RunId,
        Environment = "test",
        StartedAt = CloudWatchHarness.Start,
        Job = Job,
        Cost = new CostRecord
        {
            Lines = [], Prices = new PriceSnapshot(), MaxRunCostUsd = new Usd(5), Verdict = GateVerdict.NeedsApproval, Reasons = [], PricedAt = CloudWatchHarness.Start,
            CostSimulation = new CostSimulationRecord { WorkSeconds = 3000, ExpectedSeconds = 3300, P90Seconds = 4000, FinishSeconds = 3600, Interruptions = 1, LostShare = 0, DeadlineRisk = 0 },
        },
        Attempts =
        [
            new AttemptRecord
            {
                Number = 1, JobName = $"{AlarmedSandbox.Name}-{RunId}", Market = Market.Spot, IntentAt = CloudWatchHarness.Start, SubmittedAt = CloudWatchHarness.Start, MaxRuntimeSeconds = 7200,
                Status = "InProgress", SecondaryStatus = _transitions[^1].Status, Transitions = _transitions, Checkpoints = new CheckpointChoice(true, 300, 1, 9000, "auto"),
            },
        ],
    };

    private JobProgress Look => new()
    {
        JobName = $"{AlarmedSandbox.Name}-{RunId}", Status = "InProgress", SecondaryStatus = _transitions[^1].Status, CapacityState = "on spot", Step = Minute, Verdict = Verdict, Manifests = _saved,
        Spend = new Usd(0.01m * Minute), Ceiling = new Usd(3),
    };

    private ProgressVerdict Verdict => ProgressJudge.Judge(new()
    {
        Now = _cloudWatch.Time.GetUtcNow(),
        Training = [.. _transitions.Where(transition => transition.Status == "Training").Select(transition => new TrainingPeriod(transition.StartedAt, transition.EndedAt))],
        Saved = [.. _saved.Select(saved => new SavedStep(saved.Manifest.Step, saved.Manifest.WrittenAt))],
        AskedSeconds = 300,
        ExpectedRestart = TimeSpan.FromMinutes(6),
        ShortestStall = TimeSpan.FromMinutes(5),
    });

    private static TrainingJobSpec Job => new()
    {
        Enabled = true, Name = AlarmedSandbox.Name, Region = "us-east-1", Environment = "test", Team = "research", TrainingImageUri = "sandbox/builtin", InstanceType = "ml.g5.xlarge",
        InstanceCount = 1, VolumeSizeGb = 1, MaxRuntimeSeconds = 7200, UseSpotInstances = true, TrainingDataUri = "docs", ArtifactBucket = "b", ArtifactPrefix = "runs", LogGroupName = "l",
    };
}
