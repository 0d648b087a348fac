using Amazon.SageMaker;
using Amazon.SageMaker.Model;
using BuildPipeline.Aws;
using BuildPipeline.Freezes;
using BuildPipeline.Jobs;
using BuildPipeline.Pipeline.Tests.Journal;
using BuildPipeline.Training;
using NSubstitute;
using static BuildPipeline.Pipeline.Tests.Training.TestRuns;

namespace BuildPipeline.Pipeline.Tests.Training;

public sealed class LauncherTests
{
    private readonly IAwsClients _clients = Clients();
    private readonly SkippingTime _time = new();
    private readonly FakeService _service = new();
    private readonly ConditionalBucket _state = new();
    private readonly SpendGate _gate;

    public LauncherTests()
    {
        _service.Attach(_clients.SageMaker);
        _gate = new(new FreezeStore(new S3Documents(_state.Clients, new NamedBucket("state"), _time, Sample.Hints), "sandbox"), "Launch", Sample.Hints);
    }

    [Fact]
    public async Task GivenNoJob_WhenSubmitted_ThenItIsCreatedOnce()
    {
        var attempt = await SubmitAsync();
        Assert.Equal(1, _service.Created);
        Assert.Equal((JobArn, false, Start), (attempt.JobArn, attempt.Adopted, attempt.SubmittedAt));
    }

    [Fact]
    public async Task GivenTheRunsOwnJobExists_WhenSubmitted_ThenItIsAdoptedAndNothingIsCreated()
    {
        _service.Existing = OwnTags();
        _service.Answer.CreationTime = Start.AddMinutes(-5).UtcDateTime;
        var attempt = await SubmitAsync();
        Assert.Equal((0, true, JobArn, Start.AddMinutes(-5)), (_service.Created, attempt.Adopted, attempt.JobArn, attempt.SubmittedAt));
    }

    [Theory]
    [InlineData(JobNames.RunIdTag, "20250101-000000-zzzz")]
    [InlineData(JobNames.DigestTag, "another")]
    [InlineData(JobNames.RunIdTag, null)]
    [InlineData(JobNames.DigestTag, null)]
    public async Task GivenAJobOfAnotherRun_WhenSubmitted_ThenItIsRefusedAndNothingIsCreated(string tag, string? value)
    {
        var tags = OwnTags().Where(own => own.Key != tag).ToList();
        if (value is not null)
        {
            tags.Add(new() { Key = tag, Value = value });
        }

        _service.Existing = tags;
        var exception = await Assert.ThrowsAsync<PipelineException>(() => SubmitAsync());
        Assert.Equal((ExitCode.BadConfiguration, 0), (exception.ExitCode, _service.Created));
        Assert.Contains(tag, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GivenTheAnswerOfCreateIsLost_WhenSubmitted_ThenThereIsOneJobAndItIsAdopted()
    {
        _service.AfterCreate.Enqueue(new HttpRequestException("The response ended prematurely."));
        var attempt = await SubmitAsync();
        Assert.Equal((1, true), (_service.Created, attempt.Adopted));
    }

    [Fact]
    public async Task GivenTheSdkRepeatsALostCreate_WhenTheServiceSaysInUse_ThenTheOwnJobIsAdopted()
    {
        _service.AfterCreate.Enqueue(SageMakerError("ResourceInUse", "Training job names must be unique"));
        var attempt = await SubmitAsync();
        Assert.Equal((1, true), (_service.Created, attempt.Adopted));
    }

    [Fact]
    public async Task GivenInUseByAnotherRunBetweenLookAndCreate_WhenSubmitted_ThenItIsRefused()
    {
        _service.BeforeCreate.Enqueue(() =>
        {
            _service.Existing = [];
            return SageMakerError("ResourceInUse", "Training job names must be unique");
        });
        var exception = await Assert.ThrowsAsync<PipelineException>(() => SubmitAsync());
        Assert.Equal(ExitCode.BadConfiguration, exception.ExitCode);
    }

    [Fact]
    public async Task GivenThrottlingAndServiceErrors_WhenSubmitted_ThenPausesGrowAndOneJobIsCreated()
    {
        for (var count = 0; count < 3; count++)
        {
            _service.BeforeCreate.Enqueue(() => Throttled);
            _service.BeforeCreate.Enqueue(() => SageMakerError("InternalFailure", "Oops", System.Net.HttpStatusCode.InternalServerError));
        }

        await SubmitAsync();
        Assert.Equal((1, 6), (_service.Created, _time.Pauses.Count));
        Assert.True(_time.Pauses.Sum(pause => pause.TotalSeconds) > 3, "six pauses that double from 0.2 s");
    }

    [Fact]
    public async Task GivenNoAnswerAtAll_WhenSubmitted_ThenItEndsSayingThatTheJobMayExist()
    {
        for (var count = 0; count < 20; count++)
        {
            _service.BeforeCreate.Enqueue(() => new HttpRequestException("Connection refused"));
        }

        var exception = await Assert.ThrowsAsync<PipelineException>(() => SubmitAsync());
        Assert.Equal((ExitCode.StillRunning, 0), (exception.ExitCode, _service.Created));
        Assert.Contains("127.0.0.1:4566", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ResourceLimitExceeded", "The account-level service limit 'ml.g5.xlarge for spot training job usage' is 0 Instances", ExitCode.NoCapacity)]
    [InlineData("ValidationException", "Could not assume role", ExitCode.BadConfiguration)]
    [InlineData("AccessDeniedException", "not authorized to perform sagemaker:CreateTrainingJob", ExitCode.Failed)]
    [InlineData("ExpiredTokenException", "The security token included in the request is expired", ExitCode.Failed)]
    public async Task GivenTheServiceRefuses_WhenSubmitted_ThenItIsNotTriedAgain(string code, string message, ExitCode expected)
    {
        _service.BeforeCreate.Enqueue(() => SageMakerError(code, message));
        var exception = await Assert.ThrowsAsync<PipelineException>(() => SubmitAsync());
        Assert.Equal((expected, 0, 0), (exception.ExitCode, _service.Created, _time.Pauses.Count));
        Assert.True(code is "ExpiredTokenException" || exception.Message.Contains(message, StringComparison.Ordinal), exception.Message);
    }

    [Fact]
    public async Task GivenARecordedIntent_WhenLookedFor_ThenTheOwnJobIsFoundAndNothingIsCreated()
    {
        var launcher = new Launcher(_clients, _gate, _time);
        Assert.Null(await launcher.FindSubmittedAsync(Run, CancellationToken.None));
        _service.Existing = OwnTags();
        var found = await launcher.FindSubmittedAsync(Run, CancellationToken.None);
        Assert.Equal((true, "InProgress", "Starting"), (found!.Adopted, found.Status, found.SecondaryStatus));
        var known = Run.WithCurrentAttempt(Intent with { SubmittedAt = Start });
        Assert.False((await launcher.FindSubmittedAsync(known, CancellationToken.None))!.Adopted);
        _service.Existing = [];
        await Assert.ThrowsAsync<PipelineException>(() => launcher.FindSubmittedAsync(Run, CancellationToken.None));
        Assert.Equal(0, _service.Created);
    }

    [Fact]
    public async Task GivenALostAnswer_WhenTheNextLookFindsNoJobAndTheServiceRefuses_ThenItIsCertainThatThereIsNone()
    {
        _service.BeforeCreate.Enqueue(() => new HttpRequestException("The response ended prematurely."));
        _service.BeforeCreate.Enqueue(() => SageMakerError("AccessDeniedException", "not authorized"));

        var exception = await Assert.ThrowsAsync<PipelineException>(() => SubmitAsync());

        Assert.NotEqual(TrainingErrors.UnknownSubmission, exception.Code);
        Assert.Equal(0, _service.Created);
    }

    [Fact]
    public async Task GivenALostAnswer_WhenTheServiceIsNotReachedAgain_ThenItIsUnknownWhetherTheJobExists()
    {
        _service.AfterCreate.Enqueue(new HttpRequestException("The response ended prematurely."));
        _service.OnDescribe = () => _service.Created > 0 ? new HttpRequestException("Connection refused") : null;

        Assert.Equal(TrainingErrors.UnknownSubmission, (await Assert.ThrowsAsync<PipelineException>(() => SubmitAsync())).Code);
        Assert.Equal(1, _service.Created);
    }

    [Fact]
    public async Task GivenALookThatGetsNoAnswer_WhenSubmitted_ThenNothingIsCreatedAndThatIsCertain()
    {
        _service.OnDescribe = () => new HttpRequestException("Connection refused");

        Assert.NotEqual(TrainingErrors.UnknownSubmission, (await Assert.ThrowsAsync<PipelineException>(() => SubmitAsync())).Code);
        Assert.Equal(0, _service.Created);
    }

    [Fact]
    public async Task GivenAnotherErrorThanNotFound_WhenLookedFor_ThenTheJobIsNotTakenForMissing()
    {
        _service.OnDescribe = () => SageMakerError("AccessDeniedException", "not authorized");

        Assert.Equal(ExitCode.Failed, (await Assert.ThrowsAsync<PipelineException>(() => SubmitAsync())).ExitCode);
        Assert.Equal(ExitCode.Failed, (await Assert.ThrowsAsync<PipelineException>(() => new Launcher(_clients, _gate, _time).FindSubmittedAsync(Run, default))).ExitCode);
        Assert.Equal(0, _service.Created);
    }

    [Fact]
    public async Task GivenAJobThatExistsButCannotBeDescribed_WhenSubmitted_ThenItIsRefusedByThatName()
    {
        _service.BeforeCreate.Enqueue(() => SageMakerError("ResourceInUse", "Training job names must be unique"));

        Assert.Equal(TrainingErrors.NotDescribed, (await Assert.ThrowsAsync<PipelineException>(() => SubmitAsync())).Code);
    }

    [Fact]
    public async Task GivenAnEndedJob_WhenLookedFor_ThenItIsBilledAtTheRateOfItsNodes()
    {
        _service.Existing = OwnTags();
        _service.Answer = Described("Completed", "Completed");
        _service.Answer.TrainingStartTime = Start.UtcDateTime;
        _service.Answer.BillableTimeInSeconds = 1000;

        // 1000 s x $3.60 an hour
        var found = await new Launcher(_clients, _gate, _time).FindSubmittedAsync(Run, default);
        Assert.Equal((OutcomeKind.Completed, new Usd(1m)), (found!.Outcome, found.Cost));
    }

    [Fact]
    public async Task GivenARunThatAdoptedItsJobBefore_WhenLookedForAgain_ThenItStaysAdopted()
    {
        _service.Existing = OwnTags();
        _service.Answer.CreationTime = null;

        var found = await new Launcher(_clients, _gate, _time).FindSubmittedAsync(Run.WithCurrentAttempt(Intent with { SubmittedAt = Start.AddHours(-1), Adopted = true }), default);

        Assert.Equal((true, Start, JobArn), (found!.Adopted, found.SubmittedAt, found.JobArn));
    }

    [Fact]
    public async Task GivenARunWithoutAnIntent_WhenSubmittedOrLookedFor_ThenTheServiceIsNotAsked()
    {
        var launcher = new Launcher(_clients, _gate, _time);

        await Assert.ThrowsAsync<ArgumentException>(() => launcher.SubmitAsync(Run with { Attempts = [] }, Request(), default));
        await Assert.ThrowsAsync<ArgumentException>(() => launcher.FindSubmittedAsync(Run with { Attempts = [] }, default));
        Assert.Empty(_clients.SageMaker.ReceivedCalls());
    }

    [Fact]
    public async Task GivenCancellation_WhenSubmitted_ThenItPassesOut()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SubmitAsync(cancelled.Token));
        Assert.Equal(0, _service.Created);
    }

    private static List<Tag> OwnTags() => Request().Tags;

    private static CreateTrainingJobRequest Request() =>
        JobRequest.Build(Job, Run, Intent, [new("train", $"s3://{Bucket}/data/d/"), new("code", $"s3://{Bucket}/bundles/b/")]);

    private Task<AttemptRecord> SubmitAsync(CancellationToken cancellationToken = default) =>
        new Launcher(_clients, _gate, _time).SubmitAsync(Run, Request(), cancellationToken);

    /// <summary>A service that knows one job name.</summary>
    private sealed class FakeService
    {
        public List<Tag>? Existing { get; set; }

        public int Created { get; private set; }

        /// <summary>What it says of that job.</summary>
        public DescribeTrainingJobResponse Answer { get; set; } = Described("InProgress", "Starting");

        /// <summary>What it throws at a look; null answers it.</summary>
        public Func<Exception?> OnDescribe { get; set; } = () => null;

        public Queue<Func<Exception>> BeforeCreate { get; } = new();

        public Queue<Exception> AfterCreate { get; } = new();

        public void Attach(IAmazonSageMaker client)
        {
            client.CreateTrainingJobAsync(default!, default).ReturnsForAnyArgs(call => Create(call.Arg<CreateTrainingJobRequest>()));
            client.DescribeTrainingJobAsync(default!, default).ReturnsForAnyArgs(
                _ => OnDescribe() is { } failure ? throw failure : Existing is null ? throw UnknownJob : Answer);

            // Two pages, so the second is read too.
            client.ListTagsAsync(default!, default).ReturnsForAnyArgs(call => call.Arg<ListTagsRequest>().NextToken is null
                ? new ListTagsResponse { NextToken = "more" }
                : new ListTagsResponse { Tags = Existing });
        }

        private CreateTrainingJobResponse Create(CreateTrainingJobRequest request)
        {
            if (BeforeCreate.TryDequeue(out var failure))
            {
                throw failure();
            }

            Created++;
            Existing = request.Tags;
            return AfterCreate.TryDequeue(out var lost) ? throw lost : new CreateTrainingJobResponse { TrainingJobArn = JobArn };
        }
    }
}
