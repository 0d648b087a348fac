using System.Net;
using Amazon.CloudWatchLogs;
using Amazon.CloudWatchLogs.Model;
using Amazon.S3.Model;
using Amazon.SageMaker.Model;
using BuildPipeline.Accounts;
using BuildPipeline.Aws;
using BuildPipeline.Checkpoints;
using BuildPipeline.JobLogs;
using BuildPipeline.Observability;
using BuildPipeline.Prices;
using BuildPipeline.Runs;
using BuildPipeline.Spot;
using BuildPipeline.Training;
using NSubstitute;
using static BuildPipeline.Pipeline.Tests.Training.TestRuns;

namespace BuildPipeline.Pipeline.Tests.Training;

public sealed class JobMonitorTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly SkippingTime _time = new();
    private readonly List<JobProgress> _shown = [];
    private readonly List<AttemptRecord> _recorded = [];
    private readonly Queue<Func<DescribeTrainingJobResponse>> _answers = new();
    private readonly Dictionary<string, List<(string Text, DateTime? At)>> _log = [];
    private IAwsClients _clients = Clients();

    [Fact]
    public async Task GivenAnInterruptedJob_WhenFollowed_ThenStatesInterruptionsAndCostAreRecorded()
    {
        SecondaryStatusTransition[] all =
        [
            Transition("Starting", 0, 10), Transition("Downloading", 10, 20), Transition("Training", 20, 120), Transition("Interrupted", 120, 130),
            Transition("Starting", 130, 140), Transition("Downloading", 140, 150), Transition("Training", 150, 250), Transition("Completed", 250, 250),
        ];
        _answers.Enqueue(() => Described("InProgress", "Starting", all[..1]));
        _answers.Enqueue(() => Described("InProgress", "Training", all[..3]));
        _answers.Enqueue(() => Described("InProgress", "Training", all[..3]));
        _answers.Enqueue(() => Described("InProgress", "Interrupted", all[..4]));
        _answers.Enqueue(() => Described("InProgress", "Training", all[..7]));
        _answers.Enqueue(() => Ended("Completed", "Completed", all));
        var attempt = await FollowAsync();

        Assert.Equal((OutcomeKind.Completed, 100, new Usd(0.1m)), (attempt.Outcome, attempt.BillableSeconds, attempt.Cost));
        Assert.Equal(
            ["waiting for spot capacity", "on spot", "on spot", "interrupted, waiting for spot capacity", "on spot again after an interruption", "ended"],
            _shown.Select(progress => progress.CapacityState));
        Assert.Equal([0, 0, 0, 1, 1, 1], _shown.Select(progress => progress.Interruptions));
        Assert.Equal(5, _recorded.Count);
        Assert.Equal(8, attempt.Transitions.Count);

        // The bill is below what was said at most: it is told as the bill, so no figure goes down.
        Assert.Equal(new Usd(0.1m), _shown[^1].Billed);
        Assert.All(_shown.SkipLast(1), progress => Assert.Null(progress.Billed));
        Assert.Equal(_shown.Select(progress => progress.Spend!.Value.Amount).Order(), _shown.Select(progress => progress.Spend!.Value.Amount));
        Assert.True(_shown[^1].Billed < _shown[^1].Spend);
        Assert.Equal(new Usd(3m), _shown[^1].Ceiling);
    }

    [Theory]
    [InlineData(Market.Spot, "on spot")]
    [InlineData(Market.OnDemand, "on-demand")]
    public async Task GivenAnInternalErrorOfAws_WhenTheJobStartsAgain_ThenItIsARetryAndNoInterruption(Market market, string training)
    {
        SecondaryStatusTransition[] all =
        [
            Transition("Starting", 0, 10), Transition("Downloading", 10, 20), Transition("Training", 20, 120), Transition("Starting", 120, 140),
            Transition("Downloading", 140, 150), Transition("Training", 150, 250), Transition("Completed", 250, 250),
        ];
        _answers.Enqueue(() => Described("InProgress", "Training", all[..3]));
        _answers.Enqueue(() => Described("InProgress", "Starting", all[..4]));
        _answers.Enqueue(() => Described("InProgress", "Training", all[..6]));
        _answers.Enqueue(() => Ended("Completed", "Completed", all));
        await FollowAsync(Run with { Attempts = [Intent with { Market = market }] });

        Assert.Equal([training, "starting again after an internal error of AWS", training], _shown.Take(3).Select(progress => progress.CapacityState));
        Assert.Equal([(0, 0), (0, 1), (0, 1), (0, 1)], _shown.Select(progress => (progress.Interruptions, progress.Retries)));
    }

    [Theory]
    [InlineData("Completed", "Completed", null, OutcomeKind.Completed, null)]
    [InlineData("Failed", "Failed", "AlgorithmError: no data", OutcomeKind.Failed, "BP1531")]
    [InlineData("Failed", "Failed", "CapacityError: Unable to provision requested ML compute capacity.", OutcomeKind.NoCapacity, "BP1532")]
    [InlineData("Failed", "Failed", "ResourceLimitExceeded: 0 instances", OutcomeKind.Quota, "BP1533")]
    [InlineData("Stopped", "MaxRuntimeExceeded", null, OutcomeKind.MaxRuntime, "BP1534")]
    [InlineData("Completed", "MaxRuntimeExceeded", null, OutcomeKind.MaxRuntime, "BP1534")]
    [InlineData("Stopped", "MaxWaitTimeExceeded", null, OutcomeKind.MaxWait, "BP1535")]
    [InlineData("Stopped", "Stopped", null, OutcomeKind.Stopped, "BP1536")]
    public async Task GivenAnEnd_WhenFollowed_ThenTheSecondaryStatusDecides(
        string status, string secondary, string? reason, OutcomeKind expected, string? error)
    {
        _answers.Enqueue(() => Described("Stopping", "Stopping"));
        _answers.Enqueue(() =>
        {
            var job = Ended(status, secondary);
            job.FailureReason = reason;
            return job;
        });
        var attempt = await FollowAsync();
        Assert.Equal((expected, error), (attempt.Outcome!.Value, attempt.Outcome == OutcomeKind.Completed ? null : Outcomes.ErrorOf(attempt).Id));
        Assert.Contains(reason?.TrimEnd('.') ?? "", attempt.OutcomeSentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GivenSpotCapacityNeverCame_WhenMaxWaitEnds_ThenTheSentenceSaysSoAndNothingIsBilled()
    {
        _answers.Enqueue(() => Described("Stopped", "MaxWaitTimeExceeded", Transition("Starting", 0, 7200), Transition("Stopping", 7200)));
        var attempt = await FollowAsync();
        Assert.Equal((OutcomeKind.MaxWait, 0, Usd.Zero), (attempt.Outcome, attempt.BillableSeconds, attempt.Cost));
        Assert.Contains("within 7200 s", attempt.OutcomeSentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GivenAnUnknownStatus_WhenFollowed_ThenItIsPassedThroughAndFollowingContinues()
    {
        _answers.Enqueue(() => Described("Rebalancing", "Hopping"));
        _answers.Enqueue(() => Ended("Completed", "Completed"));
        await FollowAsync();
        Assert.Equal(("Rebalancing", "Hopping"), (_shown[0].Status, _shown[0].SecondaryStatus));
    }

    [Fact]
    public async Task GivenThrottling_WhenFollowed_ThenPausesDoubleToTheLimitAndRecover()
    {
        _clients = Clients(isSandbox: false);
        _answers.Enqueue(() => Described("InProgress", "Training"));
        for (var count = 0; count < 5; count++)
        {
            _answers.Enqueue(() => throw Throttled);
        }

        _answers.Enqueue(() => Described("InProgress", "Training"));
        _answers.Enqueue(() => Ended("Completed", "Completed"));
        await FollowAsync();
        Assert.Equal([15, 30, 60, 120, 120, 120, 15, 10], _time.Pauses.Select(pause => pause.TotalSeconds));
        Assert.Contains("throttling", Assert.Single(_shown[1].Notices), StringComparison.Ordinal);
        Assert.Equal("Training", _shown[1].SecondaryStatus);
    }

    [Fact]
    public async Task GivenNoAnswerForLong_WhenFollowed_ThenItEndsStillRunning()
    {
        _clients = Clients(isSandbox: false);
        _answers.Enqueue(() => Described("InProgress", "Training"));
        for (var count = 0; count < 100; count++)
        {
            _answers.Enqueue(() => throw new HttpRequestException("Connection refused"));
        }

        var exception = await Assert.ThrowsAsync<PipelineException>(FollowAsync);
        Assert.Equal(ExitCode.StillRunning, exception.ExitCode);
        Assert.InRange(_time.GetUtcNow() - Start, TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(33));
    }

    [Fact]
    public async Task GivenExpiredCredentials_WhenTheyAreNotRenewed_ThenItEndsSoonAndSaysSo()
    {
        _clients = Clients(isSandbox: false);
        for (var count = 0; count < 100; count++)
        {
            _answers.Enqueue(() => throw SageMakerError("ExpiredTokenException", "The security token included in the request is expired"));
        }

        var exception = await Assert.ThrowsAsync<PipelineException>(FollowAsync);
        Assert.Equal(AccountErrors.ExpiredCredentials, exception.Code);
        Assert.InRange(_time.GetUtcNow() - Start, TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task GivenTheJobIsDeleted_WhenFollowed_ThenItFailsSayingSo()
    {
        for (var count = 0; count < 100; count++)
        {
            _answers.Enqueue(() => throw UnknownJob);
        }

        var exception = await Assert.ThrowsAsync<PipelineException>(FollowAsync);
        Assert.Equal(ExitCode.Failed, exception.ExitCode);
        Assert.Contains("no longer exists", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GivenCancellation_WhenFollowed_ThenItDetachesAndTheJobIsLeftAlone()
    {
        using var detach = new CancellationTokenSource();
        _answers.Enqueue(() => Described("InProgress", "Training"));
        _answers.Enqueue(() =>
        {
            detach.Cancel();
            return Described("InProgress", "Training");
        });
        Attach();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => JobMonitor().FollowAsync(Run, ShowAsync, RecordAsync, detach.Token));
        await _clients.SageMaker.DidNotReceiveWithAnyArgs().StopTrainingJobAsync(default!, default);
    }

    [Fact]
    public async Task GivenARestart_WhenFollowed_ThenTheLinesOfTheNewStreamsAreShownOnce()
    {
        _answers.Enqueue(() => Log(Described("InProgress", "Training"), ("algo-1-100", "step=10 train:loss=3.5 tokens_per_second=100"), ("algo-2-100", "ready")));
        _answers.Enqueue(() => Log(Described("InProgress", "Training"), ("algo-1-100", "step=20 train:loss=3.0")));
        _answers.Enqueue(() => Log(Described("InProgress", "Training"), ("algo-1-200", "resumed step=10 attempt=2"), ("algo-2-200", "ready")));
        _answers.Enqueue(() => Log(Ended("Completed", "Completed"), ("algo-1-200", "step=20 train:loss=2.5e0")));
        await FollowAsync();

        Assert.Equal(
            [
                new("algo-1", 1, "step=10 train:loss=3.5 tokens_per_second=100"), new LogLine("algo-2", 1, "ready"),
                new("algo-1", 1, "step=20 train:loss=3.0"),
                new("algo-1", 2, "resumed step=10 attempt=2"), new("algo-2", 2, "ready"),
                new("algo-1", 2, "step=20 train:loss=2.5e0"),
            ],
            _shown.SelectMany(progress => progress.NewLogLines));
        Assert.Equal([(10, 3.5), (20, 3.0), (20, 3.0), (20, 2.5)], _shown.Select(progress => (progress.Step!.Value, progress.Loss!.Value)));
        Assert.Equal(100, _shown[^1].TokensPerSecond);
    }

    [Fact]
    public async Task GivenTheLogFails_WhenFollowed_ThenStatusIsStillShownAndNoLineIsLost()
    {
        _answers.Enqueue(() => Log(Described("InProgress", "Training"), ("algo-1-100", "one"), ("algo-2-100", "two")));
        _answers.Enqueue(() => Log(Ended("Completed", "Completed"), ("algo-1-100", "three")));
        Attach();
        var failures = 1;
        _clients.Logs.When(logs => logs.GetLogEventsAsync(Arg.Is<GetLogEventsRequest>(request => request.LogStreamName.Contains("algo-2")), Arg.Any<CancellationToken>()))
            .Do(_ =>
            {
                if (failures-- > 0)
                {
                    throw new AmazonCloudWatchLogsException("no", null, Amazon.Runtime.ErrorType.Sender, "AccessDeniedException", "r", HttpStatusCode.BadRequest);
                }
            });
        await JobMonitor().FollowAsync(Run, ShowAsync, RecordAsync, CancellationToken.None);
        Assert.Contains("reading the log", Assert.Single(_shown[0].Notices), StringComparison.Ordinal);
        Assert.Equal(["one", "three", "two"], _shown.SelectMany(progress => progress.NewLogLines).Select(line => line.Text).Order());
    }

    [Fact]
    public async Task GivenTheLogIsThrottledAtTheEnd_WhenFollowed_ThenItIsReadWithPatience()
    {
        _answers.Enqueue(() => Log(Ended("Completed", "Completed"), ("algo-1-100", "one"), ("algo-1-100", "two")));
        Attach();
        FailLogs(6);
        await JobMonitor().FollowAsync(Run, ShowAsync, RecordAsync, CancellationToken.None);
        Assert.Equal(["one", "two"], _shown.SelectMany(progress => progress.NewLogLines).Select(line => line.Text));
        Assert.Null(_shown[^1].UnreadLog);
        Assert.Empty(_shown.SelectMany(progress => progress.Notices));
    }

    [Fact]
    public async Task GivenTheLogStaysThrottled_WhenTheJobHasEnded_ThenTheEndIsRecordedAndTheReasonTold()
    {
        _answers.Enqueue(() => Log(Ended("Failed", "Failed"), ("algo-1-100", "one")));
        Attach();
        FailLogs(int.MaxValue);
        var attempt = await JobMonitor().FollowAsync(Run, ShowAsync, RecordAsync, CancellationToken.None);
        Assert.Equal(OutcomeKind.Failed, attempt.Outcome);
        Assert.Contains("Rate exceeded", _shown[^1].UnreadLog, StringComparison.Ordinal);
        Assert.InRange(_time.GetUtcNow() - Start, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(90));
    }

    [Fact]
    public async Task GivenACancellationWhileTheRestOfTheLogIsRead_WhenTheJobHasEnded_ThenTheEndIsRecorded()
    {
        using var leave = new CancellationTokenSource();
        _answers.Enqueue(() => Log(Ended("Failed", "Failed"), ("algo-1-100", "one")));
        Attach();
        _clients.Logs.When(logs => logs.GetLogEventsAsync(Arg.Any<GetLogEventsRequest>(), Arg.Any<CancellationToken>())).Do(_ =>
        {
            leave.Cancel();
            throw LogsThrottled;
        });
        await JobMonitor().FollowAsync(Run, ShowAsync, RecordAsync, leave.Token);
        Assert.Equal(OutcomeKind.Failed, _recorded[^1].Outcome);
    }

    [Fact]
    public async Task GivenALongLogOfARunningJob_WhenFollowedAgain_ThenTheLastTwentyLinesAreShownInTheOrderOfTime()
    {
        var lines = Enumerable.Range(1, 60).Select(second => ($"algo-{1 + (second % 2)}-100", $"step={second} train:loss=3.5")).ToArray();
        _answers.Enqueue(() => Log(Described("InProgress", "Training"), lines));
        _answers.Enqueue(() => Log(Ended("Completed", "Completed"), ("algo-2-100", "step=61 train:loss=3")));
        await FollowAsync();
        Assert.Equal(Enumerable.Range(41, 20).Select(second => $"step={second} train:loss=3.5"), _shown[0].NewLogLines.Select(line => line.Text));
        Assert.Equal("step=61 train:loss=3", Assert.Single(_shown[1].NewLogLines).Text);
        Assert.Equal((60, 61), (_shown[0].Step, _shown[1].Step));
        Assert.Equal(61, _recorded[^1].LastStep);
    }

    [Fact]
    public async Task GivenAFailedProgram_WhenFollowed_ThenTheLastLinesOfTheNodeThatFailedAreRecorded()
    {
        _answers.Enqueue(() =>
        {
            var job = Log(Ended("Failed", "Failed"), [("algo-1-100", "peer algo-2 was lost"), .. Enumerable.Range(1, 30).Select(line => ("algo-2-100", $"line {line}")), ("algo-2-100", "learning_rate is 'x'")]);
            job.FailureReason = "AlgorithmError: learning_rate is 'x', exit code: 1";
            return job;
        });
        var attempt = await FollowAsync();
        Assert.Equal("algo-2", attempt.FailureLog?.Host);
        Assert.Equal(["line 12", .. Enumerable.Range(13, 18).Select(line => $"line {line}"), "learning_rate is 'x'"], attempt.FailureLog!.Lines);
        Assert.Equal(attempt.FailureLog, _recorded[^1].FailureLog);
    }

    [Fact]
    public async Task GivenCheckpointsThatRotationRemoves_WhenFollowed_ThenTheirManifestsAreKept()
    {
        var s3 = new FakeS3();
        _answers.Enqueue(() => Described("InProgress", "Training"));
        _answers.Enqueue(() =>
        {
            s3.Put($"runs/{RunId}/checkpoints/step-00000120/manifest.json", Manifests.Json(Manifests.Of(120)));
            s3.Delete($"runs/{RunId}/checkpoints/step-00000120/manifest.json");
            return Ended("Completed", "Completed");
        });
        Attach();
        s3.Attach(_clients.S3);
        s3.Put($"runs/{RunId}/checkpoints/step-00000060/manifest.json", Manifests.Json(Manifests.Of(60)));
        await JobMonitor().FollowAsync(Run, ShowAsync, RecordAsync, CancellationToken.None);
        Assert.Equal([60, 120], (await Kept.ListAsync(Run, CancellationToken.None)).Select(copy => copy.Step).Order());
    }

    [Theory]
    [InlineData("step=75 train:loss=3", 75)]
    [InlineData("step=50 train:loss=3", 60)]
    [InlineData("no step", 60)]
    public async Task GivenAStoppedJob_WhenSeenOnlyAfterItsEnd_ThenItsLastStepAndItsCheckpointsAreRecorded(string line, int step)
    {
        var s3 = new FakeS3();
        _answers.Enqueue(() => Log(Ended("Stopped", "Stopped"), ("algo-1-100", line)));
        Attach();
        s3.Attach(_clients.S3);
        var folder = $"runs/{RunId}/checkpoints/step-00000060/";
        s3.Put($"{folder}manifest.json", Manifests.Json(Manifests.Of(60)));
        s3.Put($"{folder}rank-0.bin", Manifests.Content(60, 0));
        s3.Put($"{folder}rank-1.bin", Manifests.Content(60, 1));
        await JobMonitor().FollowAsync(Run, ShowAsync, RecordAsync, CancellationToken.None);
        Assert.Equal((step, 1), (_recorded[^1].LastStep, _recorded[^1].KeptCheckpoints));
    }

    public void Dispose() => _folder.Dispose();

    private static AmazonCloudWatchLogsException LogsThrottled =>
        new("Rate exceeded", null, Amazon.Runtime.ErrorType.Sender, "ThrottlingException", "r", HttpStatusCode.BadRequest);

    private void FailLogs(int failures) =>
        _clients.Logs.When(logs => logs.DescribeLogStreamsAsync(Arg.Any<DescribeLogStreamsRequest>(), Arg.Any<CancellationToken>())).Do(_ =>
        {
            if (failures-- > 0)
            {
                throw LogsThrottled;
            }
        });

    private static DescribeTrainingJobResponse Ended(string status, string secondary, params SecondaryStatusTransition[] transitions)
    {
        var job = Described(status, secondary, transitions);
        job.TrainingStartTime = Start.AddSeconds(10).UtcDateTime;
        job.TrainingTimeInSeconds = 240;
        job.BillableTimeInSeconds = 100;
        return job;
    }

    private JobMonitor JobMonitor() => new(_clients, new CheckpointReader(_clients), Kept, new UtilizationReader(_clients, new PriceBook()), _time);

    private KeptManifests Kept => new(_clients, new CheckpointReader(_clients), new ArtifactsFolder(_folder.Root));

    private Task ShowAsync(JobProgress progress, CancellationToken cancellationToken)
    {
        _shown.Add(progress);
        return Task.CompletedTask;
    }

    private Task<AttemptRecord> FollowAsync() => FollowAsync(Run);

    private async Task<AttemptRecord> FollowAsync(RunRecord run)
    {
        Attach();
        return await JobMonitor().FollowAsync(run, ShowAsync, RecordAsync, CancellationToken.None);
    }

    private Task RecordAsync(AttemptRecord attempt, CancellationToken cancellationToken)
    {
        _recorded.Add(attempt);
        return Task.CompletedTask;
    }

    private DescribeTrainingJobResponse Log(DescribeTrainingJobResponse job, params (string Stream, string Line)[] lines)
    {
        foreach (var (stream, line) in lines)
        {
            _log.TryAdd($"{JobName}/{stream}", []);
            var second = System.Text.RegularExpressions.Regex.Match(line, "^step=([0-9]+) train:loss=3(.5)?$");
            _log[$"{JobName}/{stream}"].Add((line, second.Success ? Start.AddSeconds(int.Parse(second.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture)).UtcDateTime : null));
        }

        return job;
    }

    private void Attach()
    {
        _clients.SageMaker.DescribeTrainingJobAsync(default!, default).ReturnsForAnyArgs(_ => _answers.Dequeue()());
        _clients.S3.ListObjectsV2Async(default!, default).ReturnsForAnyArgs(new ListObjectsV2Response());
        _clients.S3.ListVersionsAsync(Arg.Any<ListVersionsRequest>(), default).ReturnsForAnyArgs(new ListVersionsResponse());
        _clients.Logs.DescribeLogStreamsAsync(default!, default).ReturnsForAnyArgs(call => new DescribeLogStreamsResponse
        {
            LogStreams = [.. _log.Keys.Where(name => name.StartsWith(call.Arg<DescribeLogStreamsRequest>().LogStreamNamePrefix, StringComparison.Ordinal))
                .Select(name => new LogStream { LogStreamName = name })],
        });

        // As the service does: a token is a position, and the last page gives the token that it was asked with.
        _clients.Logs.GetLogEventsAsync(default!, default).ReturnsForAnyArgs(call =>
        {
            var request = call.Arg<GetLogEventsRequest>();
            Assert.True(request.NextToken is null || request.StartFromHead == true, "A forward token needs StartFromHead.");
            var all = _log[request.LogStreamName];
            var position = request.NextToken is { } token ? int.Parse(token, System.Globalization.CultureInfo.InvariantCulture)
                : request.StartFromHead == true ? 0 : Math.Max(0, all.Count - request.Limit!.Value);
            var lines = all.Skip(position).Take(request.Limit ?? 1).ToList();
            return new GetLogEventsResponse
            {
                Events = [.. lines.Select(line => new OutputLogEvent { Message = line.Text, Timestamp = line.At })],
                NextForwardToken = FormattableString.Invariant($"{position + lines.Count}"),
            };
        });
    }
}
