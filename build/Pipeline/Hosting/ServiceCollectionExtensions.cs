using BuildPipeline.Accounts;
using BuildPipeline.Approvals;
using BuildPipeline.Approvals.Comments;
using BuildPipeline.Aws;
using BuildPipeline.Budgets;
using BuildPipeline.Checkpoints;
using BuildPipeline.Cli;
using BuildPipeline.Costing;
using BuildPipeline.Evidence;
using BuildPipeline.Freezes;
using BuildPipeline.Goodput;
using BuildPipeline.History;
using BuildPipeline.Journal;
using BuildPipeline.Observability;
using BuildPipeline.Policies;
using BuildPipeline.Prices;
using BuildPipeline.Reporting.GitHub;
using BuildPipeline.Runs;
using BuildPipeline.Secrets;
using BuildPipeline.Sweeps;
using BuildPipeline.Tasks;
using BuildPipeline.Terraform;
using BuildPipeline.Tracking;
using BuildPipeline.Training;
using BuildPipeline.Uploads;
using BuildPipeline.Watching;
using Cake.Core;
using Cake.Core.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace BuildPipeline.Hosting;

/// <summary>The services of the pipeline.</summary>
public static class ServiceCollectionExtensions
{
    /// <summary>Registers what is made of the command line and the opened account, which are registered already.</summary>
    public static IServiceCollection AddPipeline(this IServiceCollection services, PipelineOptions options) => services
        .AddSingleton(TimeProvider.System)
        .AddSingleton<ICakeLog, PipelineLog>()
        .AddSingleton<ICakeReportPrinter, RunReport>()
        .AddSingleton(new ArtifactsFolder(options.ArtifactsFolder))
        .AddSingleton<RunStore>()
        .AddSingleton<RunSession>()
        .AddSingleton<EnvironmentFiles>()
        .AddSingleton<ILockRelease, LockRelease>()
        .AddSingleton<ITerraformProcesses, TerraformProcesses>()
        .AddSingleton<TerraformTool>()
        .AddSingleton<TerraformStack>()
        .AddDomain(options)
        .AddFlows();

    /// <summary>What writes suggested commands for the script and the shell that this process was started from.</summary>
    public static CommandHints HintsFor(PipelineOptions options, Func<string, string?> environment) => new(
        environment("PIPELINE_SCRIPT") ?? "./build.sh",
        environment("PIPELINE_SHELL") == "powershell" ? HintShell.PowerShell : HintShell.Posix,
        // A command with a secret would be refused again, and suggested commands are also recorded and posted.
        [.. options.Context.Where(option => option.Name != "var" || SecretScan.Find([SecretScan.Variable("--var", option.Value)]).Count == 0)]);

    private static IServiceCollection AddDomain(this IServiceCollection services, PipelineOptions options) => services
        .AddSingleton<IAwsClients>(provider => new AwsClients(provider.GetRequiredService<IAccount>(), new JobRegion(provider.GetRequiredService<RunSession>())))
        .AddSingleton<BucketContents>()
        .AddSingleton<ServiceClock>()
        .AddSingleton<PriceBook>()
        .AddSingleton(provider => new PriceList(
            provider.GetRequiredService<IAccount>(), Path.Combine(options.ArtifactsFolder, "prices"), new HttpClient(),
            provider.GetRequiredService<TimeProvider>(), Environment.GetEnvironmentVariable("AWS_ENDPOINT_URL_PRICING")))
        .AddSingleton<SpotMarketPrices>()
        .AddSingleton<PriceReader>()
        .AddSingleton<MeasuredStall>()
        .AddSingleton<CostEstimator>()
        .AddSingleton<Forecaster>()
        .AddSingleton<WhatIf>()
        .AddStateBucket(options)
        .AddBudgets()
        .AddSingleton<IApprovalPrompt, TerminalApprovalPrompt>()
        .AddSingleton<IWorkflowReviews>(provider => new GitHubReviews(
            provider.GetRequiredService<IAccount>(), Environment.GetEnvironmentVariable))
        .AddSingleton<IPullRequestComments>(provider => new GitHubComments(
            provider.GetRequiredService<IAccount>(), Environment.GetEnvironmentVariable))
        .AddSingleton(provider => new CommentUses(provider.GetRequiredService<S3Documents>(), options.Environment))
        .AddSingleton<CommentApprovals>()
        .AddSingleton(new CommentEvent(Environment.GetEnvironmentVariable))
        .AddSingleton<ApprovalService>()
        .AddSingleton(PinnedKey.Of(options.RepositoryRoot, options.Environment, options.ApprovalKey))
        .AddSingleton<ISigningKeys, KmsSigningKeys>()
        .AddSingleton<ApprovalStatements>()
        .AddSingleton<TrainingUploads>()
        .AddSingleton<CheckpointReader>()
        .AddSingleton<KeptManifests>()
        .AddSingleton<UtilizationReader>()
        .AddSingleton<MetricPublisher>()
        .AddSingleton<RunAlarms>()
        .AddSingleton(provider => new TopicPublisher(provider.GetRequiredService<IAwsClients>(), new HttpClient()))
        .AddSingleton<Launcher>()
        .AddSingleton<JobMonitor>()
        .AddSingleton<JobStopper>()
        .AddSingleton<JobList>()
        .AddSingleton<Validator>()
        .AddSingleton<GoodputReader>()
        .AddSingleton(provider => new Trackers(provider.GetRequiredService<IAccount>(), Environment.GetEnvironmentVariable))
        .AddSingleton<GitHubPublisher>()
        .AddSingleton(new GitHubActions(Environment.GetEnvironmentVariable));

    private static IServiceCollection AddStateBucket(this IServiceCollection services, PipelineOptions options) => services
        .AddSingleton(provider =>
        {
            var files = provider.GetRequiredService<EnvironmentFiles>();
            return new S3Documents(new AwsClients(provider.GetRequiredService<IAccount>(), files), files, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<CommandHints>());
        })
        .AddSingleton(provider => new FreezeStore(provider.GetRequiredService<S3Documents>(), options.Environment))
        .AddSingleton(provider => new SpendGate(provider.GetRequiredService<FreezeStore>(), options.Target ?? "", provider.GetRequiredService<CommandHints>()))
        .AddSingleton<FreezeNotice>()
        .AddSingleton<FreezeReport>()
        .AddSingleton<LaunchRoleDeny>()
        .AddSingleton<FreezeSwitch>()
        .AddSingleton<FolderEventStore>()
        .AddSingleton(provider => new RunArchive(
            provider.GetRequiredService<S3Documents>(), provider.GetRequiredService<RunStore>(), provider.GetRequiredService<FolderEventStore>(),
            options.Environment, options.Target ?? ""))
        .AddSingleton(provider => new RunReader(provider.GetRequiredService<S3Documents>(), provider.GetRequiredService<RunArchive>(), options.Environment))
        .AddSingleton(provider => new HistoryIndexStore(provider.GetRequiredService<S3Documents>(), options.Environment))
        .AddSingleton(provider => new SweepStore(provider.GetRequiredService<S3Documents>(), options.Environment, provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<EnvironmentHistory>()
        .AddSingleton<PreviousRun>()
        .AddSingleton<RunCopies>()
        .AddSingleton<OpenRuns>();

    private static IServiceCollection AddBudgets(this IServiceCollection services) => services
        .AddSingleton<ILedgerStore, S3LedgerStore>()
        .AddSingleton<IJobUsage, SageMakerJobUsage>()
        .AddSingleton<BudgetLedger>()
        .AddSingleton<QuotaCheck>();

    private static IServiceCollection AddFlows(this IServiceCollection services) => services
        .AddSingleton<PipelineCall>()
        .AddSingleton<AppliedState>()
        .AddSingleton<RunFinder>()
        .AddSingleton<StopRecord>()
        .AddSingleton<EnvironmentStop>()
        .AddSingleton<JobAdoption>()
        .AddSingleton<EnvironmentTurns>()
        .AddSingleton<EnvironmentTakeOver>()
        .AddSingleton<RunHold>()
        .AddSingleton<RunInitializer>()
        .AddSingleton<RunOpening>()
        .AddSingleton<RunClosing>()
        .AddSingleton<PolicyProcess>()
        .AddSingleton<PolicyGate>()
        .AddSingleton<ApprovalScopeBuilder>()
        .AddSingleton<Adoption>()
        .AddSingleton<LeftoverSearch>()
        .AddSingleton<RunContinuation>()
        .AddSingleton<PlanRenewal>()
        .AddSingleton<JobInspection>()
        .AddSingleton<LeftoverAdoption>()
        .AddSingleton<JobCheck>()
        .AddSingleton<StateBucket>()
        .AddSingleton<CleanupRemainder>()
        .AddSingleton<RunPricing>()
        .AddSingleton<WhatIfRuns>()
        .AddSingleton<WhatIfComparison>()
        .AddSingleton<GateReport>()
        .AddSingleton<BudgetReservation>()
        .AddSingleton<RunApproval>()
        .AddSingleton<GateOutputs>()
        .AddSingleton<FallbackSelector>()
        .AddSingleton<CheckpointIntervalSelector>()
        .AddSingleton<SpendCheck>()
        .AddSingleton<JobUploads>()
        .AddSingleton<JobIntent>()
        .AddSingleton<JobSubmission>()
        .AddSingleton<SuccessorCheck>()
        .AddSingleton<JobSuccession>()
        .AddSingleton<MarketMover>()
        .AddSingleton<StallWatch>()
        .AddSingleton<JobMoves>()
        .AddSingleton<RunTracking>()
        .AddSingleton<RunObservation>()
        .AddSingleton<RunUpkeep>()
        .AddSingleton<JobFollowing>()
        .AddSingleton<RunValidation>()
        .AddSingleton<LaunchTask>()
        .AddSingleton<RunProcess>()
        .AddSingleton<ITargetProcess>(provider => provider.GetRequiredService<RunProcess>())
        .AddSingleton<UnpostedRuns>()
        .AddSingleton<IRunDriver, ResumeProcess>()
        .AddSingleton<EnvironmentWatch>()
        .AddSingleton<RunNotices>()
        .AddSingleton<RunPosting>()
        .AddSingleton<ReceiptPublication>()
        .AddSweeps();

    private static IServiceCollection AddSweeps(this IServiceCollection services) => services
        .AddSingleton<IVariantProcess, VariantProcess>()
        .AddSingleton<SweepDriver>()
        .AddSingleton<SweepOpening>()
        .AddSingleton<SweepPricing>()
        .AddSingleton<SweepApproving>()
        .AddSingleton<SweepReport>()
        .AddSingleton<SweepLaunch>()
        .AddSingleton<SweepStop>();
}