using System.Net;
using Amazon.CloudWatchLogs;
using Amazon.CloudWatchLogs.Model;
using Amazon.S3.Model;
using Amazon.SageMaker.Model;
using BuildPipeline.Aws;
using BuildPipeline.Runs;
using BuildPipeline.Training;
using NSubstitute;
using static BuildPipeline.Pipeline.Tests.Training.TestRuns;

namespace BuildPipeline.Pipeline.Tests.Training;

public sealed class FollowerTests
{
    private readonly SkippingTime _time = new();
    private readonly List<JobProgress> _shown = [];
    private readonly List<AttemptRecord> _recorded = [];
    private readonly Queue<Func<DescribeTrainingJobResponse>> _answers = new();
    private readonly Dictionary<string, List<string>> _log = [];
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
            _shown.Select(progress => progress.SpotState));
        Assert.Equal([0, 0, 0, 1, 1, 1], _shown.Select(progress => progress.Interruptions));
        Assert.Equal(5, _recorded.Count);
        Assert.Equal(8, attempt.Transitions.Count);
        Assert.Equal(new Usd(0.1m), _shown[^1].Spend);
        Assert.Equal(new Usd(3m), _shown[^1].Ceiling);
    }

    [Theory]
    [InlineData("Completed", "Completed", null, OutcomeKind.Completed, ExitCode.Done)]
    [InlineData("Failed", "Failed", "AlgorithmError: no data", OutcomeKind.Failed, ExitCode.Failed)]
    [InlineData("Failed", "Failed", "CapacityError: Unable to provision requested ML compute capacity.", OutcomeKind.NoCapacity, ExitCode.NoCapacity)]
    [InlineData("Failed", "Failed", "ResourceLimitExceeded: 0 instances", OutcomeKind.Quota, ExitCode.NoCapacity)]
    [InlineData("Stopped", "MaxRuntimeExceeded", null, OutcomeKind.MaxRuntime, ExitCode.StoppedShort)]
    [InlineData("Completed", "MaxRuntimeExceeded", null, OutcomeKind.MaxRuntime, ExitCode.StoppedShort)]
    [InlineData("Stopped", "MaxWaitTimeExceeded", null, OutcomeKind.MaxWait, ExitCode.StoppedShort)]
    [InlineData("Stopped", "Stopped", null, OutcomeKind.Stopped, ExitCode.StoppedShort)]
    public async Task GivenAnEnd_WhenFollowed_ThenTheSecondaryStatusDecides(
        string status, string secondary, string? reason, OutcomeKind expected, ExitCode exitCode)
    {
        _answers.Enqueue(() => Described("Stopping", "Stopping"));
        _answers.Enqueue(() =>
        {
            var job = Ended(status, secondary);
            job.FailureReason = reason;
            return job;
        });
        var attempt = await FollowAsync();
        Assert.Equal((expected, exitCode), (attempt.Outcome!.Value, Outcomes.ExitCodeOf(attempt.Outcome.Value)));
        Assert.Contains(reason?.TrimEnd('.') ?? "", attempt.OutcomeSentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GivenSpotCapacityNeverCame_WhenMaxWaitEnds_ThenTheSentenceSaysSoAndNothingIsBilled()
    {
        _answers.Enqueue(() => Described("Stopped", "MaxWaitTimeExceeded", Transition("Starting", 0, 7200), Transition("Stopping", 7200)));
        var attempt = await FollowAsync();
        Assert.Equal((OutcomeKind.MaxWait, 0, Usd.Zero), (attempt.Outcome, attempt.BillableSeconds, attempt.Cost));
        Assert.Contains("No spot capacity came in the 7200 s", attempt.OutcomeSentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GivenAnUnknownStatus_WhenFollowed_ThenItIsPassedThroughAndFollowingGoesOn()
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
    public async Task GivenExpiredCredentials_WhenTheyAreNotRenewed_ThenItEndsStillRunningSoon()
    {
        _clients = Clients(isSandbox: false);
        for (var count = 0; count < 100; count++)
        {
            _answers.Enqueue(() => throw SageMakerError("ExpiredTokenException", "The security token included in the request is expired"));
        }

        var exception = await Assert.ThrowsAsync<PipelineException>(FollowAsync);
        Assert.Equal(ExitCode.StillRunning, exception.ExitCode);
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
        Assert.Contains("does not exist any more", exception.Message, StringComparison.Ordinal);
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
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Follower().FollowAsync(Run, _shown.Add, RecordAsync, detach.Token));
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
        await Follower().FollowAsync(Run, _shown.Add, RecordAsync, CancellationToken.None);
        Assert.Contains("reading the log", Assert.Single(_shown[0].Notices), StringComparison.Ordinal);
        Assert.Equal(["one", "three", "two"], _shown.SelectMany(progress => progress.NewLogLines).Select(line => line.Text).Order());
    }

    private static DescribeTrainingJobResponse Ended(string status, string secondary, params SecondaryStatusTransition[] transitions)
    {
        var job = Described(status, secondary, transitions);
        job.TrainingStartTime = Start.AddSeconds(10).UtcDateTime;
        job.TrainingTimeInSeconds = 240;
        job.BillableTimeInSeconds = 100;
        return job;
    }

    private Follower Follower() => new(_clients, new CheckpointReader(_clients), _time);

    private async Task<AttemptRecord> FollowAsync()
    {
        Attach();
        return await Follower().FollowAsync(Run, _shown.Add, RecordAsync, CancellationToken.None);
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
            _log[$"{JobName}/{stream}"].Add(line);
        }

        return job;
    }

    private void Attach()
    {
        _clients.SageMaker.DescribeTrainingJobAsync(default!, default).ReturnsForAnyArgs(_ => _answers.Dequeue()());
        _clients.S3.ListObjectsV2Async(default!, default).ReturnsForAnyArgs(new ListObjectsV2Response());
        _clients.Logs.DescribeLogStreamsAsync(default!, default).ReturnsForAnyArgs(call => new DescribeLogStreamsResponse
        {
            LogStreams = [.. _log.Keys.Where(name => name.StartsWith(call.Arg<DescribeLogStreamsRequest>().LogStreamNamePrefix, StringComparison.Ordinal))
                .Select(name => new LogStream { LogStreamName = name })],
        });

        // As the service does: a token is a position, and the last page gives the token that it was asked with.
        _clients.Logs.GetLogEventsAsync(default!, default).ReturnsForAnyArgs(call =>
        {
            var request = call.Arg<GetLogEventsRequest>();
            var position = request.NextToken is null ? 0 : int.Parse(request.NextToken, System.Globalization.CultureInfo.InvariantCulture);
            var lines = _log[request.LogStreamName].Skip(position).Take(1).ToList();
            return new GetLogEventsResponse
            {
                Events = [.. lines.Select(line => new OutputLogEvent { Message = line })],
                NextForwardToken = FormattableString.Invariant($"{position + lines.Count}"),
            };
        });
    }
}
