using System.IO.Compression;
using System.Text.Json.Nodes;
using System.Text.Json;
using System.Text;
using Amazon.CloudWatchLogs.Model;
using Amazon.EC2.Model;
using BuildPipeline.Approvals;
using BuildPipeline.Approvals.Comments;
using BuildPipeline.Aws;
using BuildPipeline.Budgets;
using BuildPipeline.Checkpoints;
using BuildPipeline.Cli;
using BuildPipeline.Costing;
using BuildPipeline.Freezes;
using BuildPipeline.History;
using BuildPipeline.Hosting;
using BuildPipeline.Journal;
using BuildPipeline.Observability;
using BuildPipeline.Pipeline.Tests.Accounts;
using BuildPipeline.Pipeline.Tests.Approvals;
using BuildPipeline.Pipeline.Tests.Journal;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Policies;
using BuildPipeline.Prices;
using BuildPipeline.Reporting.GitHub;
using BuildPipeline.Runs;
using BuildPipeline.Sweeps;
using BuildPipeline.Tasks;
using BuildPipeline.Terminal;
using BuildPipeline.Terraform;
using BuildPipeline.Tracking;
using BuildPipeline.Training;
using BuildPipeline.Uploads;
using Cake.Core;
using Cake.Frosting;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;
using Spectre.Console.Testing;

namespace BuildPipeline.Pipeline.Tests.Tasks;

/// <summary>A priced run with its files, its log and an account in memory, and the flows that work on it.</summary>
internal sealed class FlowFixture : IDisposable
{
    private readonly TempFolder _root = new();
    private readonly S3Documents _documents;
    private readonly RunArchive _archive;
    private readonly Trackers _trackers;
    private RunTracking? _tracking;
    private RunObservation? _observation;
    private JobSuccession? _succession;

    private FlowFixture(string[] arguments, TestAccount account)
    {
        Account = account;
        _trackers = new Trackers(account, _ => null);
        _root.Write("training/train.py", "print(1)");
        _root.Write("docs/a.md", "text");
        _root.Write("infra/main.tf", "variable \"region\" {}");
        _root.Write("infra/environments/sandbox.tfvars", "region = \"us-east-1\"");
        _root.Write("infra/environments/sandbox.s3.tfbackend", "bucket = \"state\"\nkey = \"terraform.tfstate\"");
        var options = CommandLine.Read(
            [$"--artifacts={Path.Combine(_root.Root, "artifacts")}", .. arguments], [.. Targets.All.Select(target => target.Name)], _root.Root);
        var artifacts = new ArtifactsFolder(options.ArtifactsFolder);
        Store = new RunStore(artifacts, Time);
        _documents = new S3Documents(State.Clients, new NamedBucket("state"), Time, Sample.Hints);
        _archive = new RunArchive(_documents, Store, new FolderEventStore(artifacts, Time), "sandbox", options.Target!);
        Call = new PipelineCall(options, new RunSession(Store), new CommandHints("./build.sh", HintShell.Posix, options.Context), Console, Time);
        Turns = new EnvironmentTurns(options, Store, _documents, Call.Hints, Console, Time);
        Hold = new RunHold(options, Store, _documents, Turns, Call.Hints, Time);
        Jobs.Attach(Clients.SageMaker);
        Bucket.Attach(Clients.S3);
        Clients.Ec2.DescribeSpotPriceHistoryAsync(default, default).ReturnsForAnyArgs(new DescribeSpotPriceHistoryResponse());
        Clients.Logs.DescribeLogStreamsAsync(default, default).ReturnsForAnyArgs(new DescribeLogStreamsResponse());
        var terraform = Terraform.Tool(new LockRelease(options, Call.Hints, Console, Time));
        Stack = new TerraformStack(terraform);
        Adoption = new LeftoverAdoption(Stack, Leftovers, new Adoption(terraform, Stack), Console);
        Ledgers = new S3LedgerStore(_documents);
        Budget = new BudgetReservation(Call, new BudgetLedger(Ledgers, new SageMakerJobUsage(Clients)), new QuotaCheck(Clients), new PriceBook());
        Subjects = NewSubjects();
        Freezes = new FreezeStore(_documents, "sandbox");
        Pinned = new PinnedKey(Path.Combine(_root.Root, "infra", "environments", "sandbox.approval-key.pem"));
        Desk = new ApprovalService(account, Prompt, Reviews, CommentApprovals, new ApprovalStatements(Keys, Pinned), Call.Hints);
    }

    public FakeTimeProvider Time { get; } = new(TestRuns.Start);

    public TestConsole Console { get; } = new();

    /// <summary>Standard output of a target that prints a document.</summary>
    public TestConsole Document { get; } = new();

    public TestAccount Account { get; }

    /// <summary>The runs in the state bucket.</summary>
    public RunReader Reader => new(_documents, _archive, "sandbox");

    public HistoryIndexStore HistoryIndexes => new(_documents, "sandbox");

    public PreviousRun Previous => new(Reader, HistoryIndexes);

    public EnvironmentHistory History => new(Reader, HistoryIndexes);

    public IAwsClients Clients { get; } = TestRuns.Clients();

    public FakeJobs Jobs { get; } = new();

    public FakeS3 Bucket { get; } = new();

    public FakeTerraform Terraform { get; } = new();

    public TerraformStack Stack { get; }

    public EnvironmentFiles Files => new(Call.Options, Account, Call.Hints, Call.Session);

    public JobCheck Check => new(Account, Clients, Stopper, Console);

    public LeftoverSearch Leftovers => new(Call.Session, Clients);

    public RunFinder Finder => new(Call.Options, Store, Applied, _archive, new RunCopies(Reader, HistoryIndexes, _archive, Store), Stopper, Console);

    public AppliedState Applied => new(_documents, Files);

    public RunOpening Initializer => new(Call, RunInitializer, Gate, FreezeReport, Files);

    private RunInitializer RunInitializer => new(Call.Options, Call.Session, Hold, Finder, new JobAdoption(Call.Options, Finder, Applied, Clients, Prices, new PriceBook(), Call.Hints), Call.Hints, Console);

    public RunContinuation Continuation => new(Call);

    public PlanRenewal Renewal => new(Call, Files, _documents, Finder, Adoption);

    public LeftoverAdoption Adoption { get; }

    /// <summary>The prices of the table: no list can be downloaded, and the spot market has no history.</summary>
    public PriceReader Prices => new(
        new PriceBook(), new PriceList(Account, Path.Combine(_root.Root, "prices"), new HttpClient(new NoNetwork()), Time), new SpotMarketPrices(Clients, new PriceBook(), Time), Time);

    public JobStopper Stopper => new(Clients, Time);

    public EnvironmentStop EnvironmentStop => new(Call, Applied, Files, Stopper, new StopRecord(Call, Finder), new CheckpointReader(Clients), Clients);

    public JobFollowing Following => new(
        Call, new JobMonitor(Clients, new CheckpointReader(Clients), Manifests, Usage, Time), Moves, Stopper, Tracking, Observation, Notice);

    public JobMoves Moves => new(new MarketMover(Call, Account, Succession), new StallWatch(Call, Succession, new ServiceClock(Clients, Time)), Succession);

    public JobSuccession Succession => _succession ??= new(Call, Stopper, Launcher, Successor, Gate);

    public UtilizationReader Usage => new(Clients, new PriceBook());

    public RunObservation Observation => _observation ??= new(Call, Clients, new MetricPublisher(Clients), new RunAlarms(Clients));

    public KeptManifests Manifests => new(Clients, new CheckpointReader(Clients), new ArtifactsFolder(Call.Options.ArtifactsFolder));

    public RunTracking Tracking => _tracking ??= new(Call, Clients, _trackers, Hold);

    /// <summary>The state bucket, with the logs and the ledgers.</summary>
    public ConditionalBucket State { get; } = new();

    public S3LedgerStore Ledgers { get; }

    public RunStore Store { get; }

    public PipelineCall Call { get; }

    public EnvironmentTurns Turns { get; }

    public RunHold Hold { get; }

    public EnvironmentTakeOver TakeOver => new(Call, Turns, Finder, _documents, Stopper, new StopRecord(Call, Finder), Sweeps);

    /// <summary>The sweeps in the state bucket.</summary>
    public SweepStore Sweeps => new(_documents, "sandbox", Time);

    public BudgetReservation Budget { get; }

    public ApprovalScopeBuilder Subjects { get; }

    /// <summary>What an approval binds, as a process reads it that has read nothing yet.</summary>
    public ApprovalScopeBuilder NewSubjects() => new(Call.Options, Call.Session, new PolicyGate(Call, new PolicyProcess(Time)));

    /// <summary>The cost gate.</summary>
    /// <param name="outputs">File that gets the outputs of a workflow's step; null outside of Actions.</param>
    public CostGateTask CostGate(string? outputs = null)
    {
        Call.Session.Steps = [RunStep.CostGate];
        var (book, outputsOfStep) = (new PriceBook(), new GateOutputs(Call, Account, new GitHubActions(name => name == "GITHUB_OUTPUT" ? outputs : null), CommentApprovals));
        var (estimator, forecaster) = (new CostEstimator(book, Time), new Forecaster(book));
        var whatIf = new WhatIfComparison(Call, Prices, book, forecaster, new WhatIf(forecaster, estimator), new WhatIfRuns(Call, new RunProcess(Store)));
        return new(
            Call, new RunPricing(Prices, new MeasuredStall(Store), estimator, new ServiceClock(Clients, Time)), Budget, Subjects, Check, new GateReport(Call, outputsOfStep, Notice, whatIf));
    }

    public RunApproval Approval => ApprovalWith(Call.Options.Approve);

    /// <summary>With the option <c>--approve</c>.</summary>
    public RunApproval ApprovalWith(string? digest, ApprovalScopeBuilder? subjects = null) => new(
        Call with { Options = Call.Options with { Approve = digest } }, subjects ?? Subjects, Desk, Budget, new ServiceClock(Clients, Time), Gate, Sweeps);

    public ApprovalService Desk { get; }

    public IApprovalPrompt Prompt { get; } = Substitute.For<IApprovalPrompt>();

    public CommentApprovals CommentApprovals => new(Comments, new CommentUses(_documents, "sandbox"));

    /// <summary>The comments of the pull request.</summary>
    public FakeComments Comments { get; } = new();

    public IWorkflowReviews Reviews { get; } = Substitute.For<IWorkflowReviews>();

    /// <summary>KMS.</summary>
    public FakeSigningKeys Keys { get; } = new();

    /// <summary>A key file that is not there until a test writes it.</summary>
    public PinnedKey Pinned { get; }

    public VerifyTask Verify => new(Call, Desk, Subjects, Pinned);

    public TrainingUploads Uploads => new(Clients);

    public FreezeStore Freezes { get; }

    /// <summary>Somebody freezes spending.</summary>
    public Task FreezeAsync(string? team = null) => Freezes.FreezeAsync(team, "arn:aws:iam::000000000000:user/ada", "cost spike", default);

    public SpendGate Gate => new(Freezes, Call.Options.Target!, Call.Hints);

    public RunPosting Posting => new(Call, Account, new GitHubPublisher(Time), Continuation);

    /// <param name="page">File of the workflow run's page; null outside of a workflow.</param>
    public ReceiptPublication Receipt(string? page = null) =>
        new(Call, Posting, new GitHubActions(name => name == "GITHUB_STEP_SUMMARY" ? page : null), Notices, Tracking, Previous, Continuation);

    public RunNotices Notices => new(Call, Clients, new TopicPublisher(Clients, new HttpClient()));

    public SpendCheck Spend => new(Call, Account, Gate);

    public FreezeNotice Notice => new(Freezes, new LaunchRoleDeny(Clients), Clients, Call.Hints, Time);

    private FreezeReport FreezeReport => new(Notice, Files);

    public Launcher Launcher => new(Clients, Gate, Time);

    public JobInspection Inspection => new(Call, Launcher, new CheckpointReader(Clients), Manifests, Usage, Clients);

    public StatusTask Status => new(Call, Inspection, Budget, Continuation, Tracking, FreezeReport, new DocumentOutput(Document));

    public SuccessorCheck Successor => new(Call, Approval, Uploads);

    public JobSubmission Submission => new(
        Call, Account, Approval, new JobUploads(Call, Subjects, Uploads, Spend), new JobIntent(Call, new FallbackSelector(Call), new CheckpointIntervalSelector(Call, new CheckpointReader(Clients))), Launcher, Hold);

    /// <summary>What the task runner gives to a task.</summary>
    public PipelineContext Context(ShutdownSignals signals) => new(Substitute.For<ICakeContext>(), Call.Options, signals);

    /// <summary>An environment without a run.</summary>
    public static FlowFixture WithoutRun(params string[] arguments) => new(arguments, new());

    /// <summary>A run that has started.</summary>
    public static async Task<FlowFixture> StartedAsync(TestAccount? account = null, params string[] arguments)
    {
        var flow = new FlowFixture(arguments is [] ? ["--target=Launch"] : arguments, account ?? new());
        var run = flow.Store.Create("sandbox", null);
        flow.Call.Session.Open(run, await flow._archive.OpenAsync(run.RunId, null, default));
        await flow.Call.Session.BeginAsync(isNew: true, new { }, default);
        return flow;
    }

    /// <summary>A run that waits for its price.</summary>
    public static async Task<FlowFixture> PlannedAsync(TestAccount? account = null, params string[] arguments)
    {
        var flow = await StartedAsync(account, arguments);
        flow.Write(flow.Call.Session.PathOf(RunFiles.Plan), FakeTerraform.Plan(TestRuns.Job));
        await flow.Call.Session.UpdateAsync("plan.saved", run => run with { Stage = RunStage.Planned, Job = TestRuns.Job, Plan = Sample.Plan }, null, default);
        return flow;
    }

    /// <summary>A run that waits for its approval.</summary>
    public static async Task<FlowFixture> PricedAsync(TestAccount? account = null, params string[] arguments)
    {
        var flow = await PlannedAsync(account, arguments);
        var cost = TestRuns.Run.Cost! with { Prices = new PriceBook().Snapshot("us-east-1", "ml.g5.xlarge"), PricedAt = TestRuns.Start };
        await flow.UpdateAsync(run => run with { Cost = cost });
        var subject = await flow.Subjects.ReadAsync(TestRuns.Job, cost, await flow.Subjects.ReadContentAsync(TestRuns.Job, default), default);
        await flow.Call.Session.UpdateAsync("gate.passed", current => current with { Stage = RunStage.Priced, Subject = subject }, null, default);
        return flow;
    }

    /// <summary>A run of an environment with a key for approvals, which waits for one.</summary>
    public static async Task<FlowFixture> SignableAsync(TestAccount? account = null, params string[] arguments)
    {
        var flow = await PricedAsync(account, arguments);
        await flow.UpdateAsync(run => run with { Plan = run.Plan! with { ApprovalKeyArn = FakeSigningKeys.Arn } });
        return flow;
    }

    /// <summary>A run that is approved and applied, so a job may be submitted.</summary>
    public static async Task<FlowFixture> AppliedAsync(TestAccount? account = null, params string[] arguments)
    {
        var flow = await PricedAsync(account, arguments);
        await flow.Approval.RunAsync(default);
        await flow.UpdateAsync(run => run with { Stage = RunStage.Applied });
        return flow;
    }

    /// <summary>The run as another machine reads it from the log.</summary>
    public async Task<RunRecord> RecordedAsync() => (await _archive.OpenAsync(Call.Run.RunId, null, default)).Record;

    /// <summary>The events in the log, oldest first.</summary>
    public Task<IReadOnlyList<RunEvent>> LogAsync() => new S3EventStore(_documents, "sandbox").ReadAsync(Call.Run.RunId, 0, default);

    /// <summary>The kinds of the events in the log, oldest first.</summary>
    public async Task<IReadOnlyList<string>> EventsAsync() => [.. (await LogAsync()).Select(known => known.Kind)];

    /// <summary>Another process writes to the log.</summary>
    public async Task WriteEventAsync(long fence)
    {
        var log = new EventLog(new S3EventStore(_documents, "sandbox"), Call.Run.RunId, new Driver("other", "m", ProcessIdentity.Current, "Launch"), fence, RunRecord.CurrentSchema);
        await log.ReadAsync(default);
        await log.AppendAsync("test", null, null, default);
    }

    /// <summary>Another run of the environment, which another process has started.</summary>
    /// <param name="change">What it is.</param>
    /// <param name="isDriven">True if that process is at work.</param>
    public async Task OtherRunAsync(Func<RunRecord, RunRecord> change, bool isDriven = false)
    {
        var run = change(Store.Create("sandbox", null));
        await (await _archive.OpenAsync(run.RunId, null, default)).BeginAsync("run.started", run, null, default);
        if (isDriven)
        {
            using var other = Lease.OfRun(_documents, "sandbox", run.RunId, Time);
            Assert.True((await other.AcquireAsync("Launch", takeOver: false, default)).Acquired);
        }
    }

    public SweepStop SweepStop => new(
        Call, Sweeps, new SweepReport(Call, Sweeps, Reader, new GitHubActions(_ => null), new DocumentOutput(Document)), _documents, Stopper, new StopRecord(Call, Finder));

    /// <summary>Another process changes a run.</summary>
    public async Task ChangeAsync(string runId, Func<RunRecord, RunRecord> change) => await (await _archive.OpenAsync(runId, null, default)).AppendAsync("test", change, null, default);

    /// <summary>Lets time pass until something that waits is done.</summary>
    public async Task<T> AdvanceUntilAsync<T>(Task<T> waiting, TimeSpan step)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!waiting.IsCompleted)
        {
            limit.Token.ThrowIfCancellationRequested();
            Time.Advance(step);
            await Task.Yield();
        }

        return await waiting;
    }

    public Task UpdateAsync(Func<RunRecord, RunRecord> change) => Call.Session.UpdateAsync("test", change, null, default);

    /// <summary>Another run of the environment, with those attempts; its ID.</summary>
    public async Task<string> AddAsync(IReadOnlyList<AttemptRecord> attempts)
    {
        var (run, session) = (Store.Create("sandbox", null), new RunSession(Store));
        session.Open(run, await _archive.OpenAsync(run.RunId, null, default));
        await session.BeginAsync(isNew: true, new { }, default);
        await session.UpdateAsync("test", known => known with { Stage = RunStage.Launched, Job = TestRuns.Job, Attempts = attempts }, null, default);
        return run.RunId;
    }

    /// <summary>This process drives the run.</summary>
    public Task<long?> HoldAsync() => Hold.AcquireAsync(Call.Run.RunId, isRequired: true, above: 0, default);

    /// <summary>Another process takes the run.</summary>
    public async Task TakeOverAsync()
    {
        await HoldAsync();
        using var other = Lease.OfRun(_documents, "sandbox", Call.Run.RunId, Time);
        Assert.True((await other.AcquireAsync("Cleanup", takeOver: true, default)).Acquired);
        await other.ReleaseAsync();
    }

    /// <summary>Another process drives the run.</summary>
    public async Task HoldByOtherAsync()
    {
        using var other = Lease.OfRun(_documents, "sandbox", Call.Run.RunId, Time);
        Assert.True((await other.AcquireAsync("Launch", takeOver: false, default)).Acquired);
    }

    /// <summary>Another process has the environment.</summary>
    public async Task<Lease> HoldEnvironmentAsync(string target)
    {
        var other = Lease.OfEnvironment(_documents, "sandbox", Time);
        Assert.True((await other.AcquireAsync(target, takeOver: false, default)).Acquired);
        return other;
    }

    /// <summary>The kinds of the run's events, in order.</summary>
    public IEnumerable<string> Events() => File.ReadLines(Call.Session.PathOf(RunFiles.Events)).Select(line => JsonNode.Parse(line)!["kind"]!.GetValue<string>());

    /// <summary>What the run shares with other machines under the name of one of its files; null if it shares none.</summary>
    public async Task<string?> SharedAsync(string file)
    {
        var content = await _documents.ReadBytesAsync($"{RunArchive.PrefixOf("sandbox")}{Call.Run.RunId}/{file}", file, default);
        return content is null ? null : Encoding.UTF8.GetString(content);
    }

    /// <summary>Writes a plan file that was made from a state, and the state as it is now.</summary>
    public async Task WriteStateAsync(StateVersion planned, StateVersion now)
    {
        await using (var plan = new ZipArchive(File.Create(Call.Session.PathOf(RunFiles.Plan)), ZipArchiveMode.Create))
        {
            await using var prior = plan.CreateEntry("tfstate").Open();
            await JsonSerializer.SerializeAsync(prior, planned, JsonSerializerOptions.Web);
        }

        Assert.True(await _documents.TryCreateAsync("terraform.tfstate", now, "state", default));
    }

    /// <summary>Writes a file of the working copy.</summary>
    /// <param name="path">Relative to its root, or absolute.</param>
    public void Write(string path, string content) => _root.Write(path, content);

    /// <summary>Runs a task as the task runner does.</summary>
    public async Task RunAsync(AsyncFrostingTask<PipelineContext> task)
    {
        using var signals = new ShutdownSignals();
        await task.RunAsync(Context(signals));
    }

    /// <summary>Runs a task that fails, and gives its error.</summary>
    public async Task<ErrorCode> FailAsync(AsyncFrostingTask<PipelineContext> task) => (await Assert.ThrowsAsync<PipelineException>(() => RunAsync(task))).Code;

    /// <summary>Changes the program in the working copy.</summary>
    public void EditProgram() => _root.Write("training/train.py", "print(2)");

    public void Dispose()
    {
        Hold.ReleaseAsync().GetAwaiter().GetResult();
        _trackers.Dispose();
        Keys.Dispose();
        Console.Dispose();
        Document.Dispose();
        _root.Dispose();
    }

    private sealed class NoNetwork : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => throw new HttpRequestException("no network");
    }
}
