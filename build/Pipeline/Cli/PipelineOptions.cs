using BuildPipeline.Stalls;

namespace BuildPipeline.Cli;

/// <summary>The command line, read and checked.</summary>
public sealed record PipelineOptions
{
    /// <summary>What to do; null shows the help.</summary>
    public string? Target { get; init; }

    /// <summary>The Terraform environment.</summary>
    public string Environment { get; init; } = DefaultEnvironment;

    /// <summary>The environment that the project brings along.</summary>
    public const string DefaultEnvironment = "sandbox";

    /// <summary>Name of the job, whose variables are in <c>infra/jobs/NAME.tfvars</c>; null is the job of the environment's own file.</summary>
    public string? JobFile { get; init; }

    /// <summary>ARN of the role that everything is done as; null uses the credentials themselves.</summary>
    public string? AssumeRole { get; init; }

    /// <summary>Terraform variables, <c>NAME=VALUE</c>, in the order given.</summary>
    public IReadOnlyList<string> Variables { get; init; } = [];

    /// <summary>Absolute paths of further variable files, in the order given.</summary>
    public IReadOnlyList<string> VariableFiles { get; init; } = [];

    /// <summary>The run to continue, or <c>latest</c>; null starts a new one.</summary>
    public string? RunId { get; init; }

    /// <summary>The two runs to compare, each an ID or <c>latest</c>; empty for other targets.</summary>
    public IReadOnlyList<string> ComparedRuns { get; init; } = [];

    /// <summary>Name of a training job that Terraform alone submitted, to work on; null works on a run.</summary>
    public string? Adopt { get; init; }

    /// <summary>The digest that is approved.</summary>
    public string? Approve { get; init; }

    /// <summary>Absolute path of the key that approvals have to be signed with; null takes the environment's own.</summary>
    public string? ApprovalKey { get; init; }

    /// <summary>Submit and return.</summary>
    public bool Detach { get; init; }

    /// <summary>A job or a run that is left running is success: exit code 0 instead of 75.</summary>
    public bool AcceptRunning { get; init; }

    /// <summary>Show the copies on this machine, without access to the account.</summary>
    public bool Offline { get; init; }

    /// <summary>How long to watch at most; null is until the end.</summary>
    public TimeSpan? Wait { get; init; }

    /// <summary>How long to watch all open runs at most; null is until none is open.</summary>
    public TimeSpan? For { get; init; }

    /// <summary>Absolute path of the file of a sweep's variants; null for a single run, and for a sweep that <see cref="RunId"/> names.</summary>
    public string? SweepFile { get; init; }

    /// <summary>True if the target works on a sweep.</summary>
    public bool IsSweep => SweepFile is not null || RunId?.StartsWith("sweep-", StringComparison.Ordinal) == true;

    /// <summary>How many runs are driven at once; null is the target's own number.</summary>
    public int? Parallel { get; init; }

    /// <summary>Time from the first submission by which the training has to be done; null takes the job's own.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>Name of the policy that decides between spot and on-demand; null takes the run's own, or the default.</summary>
    public string? Policy { get; init; }

    /// <summary>What is done about a job that stalls; null takes the run's own, or a warning.</summary>
    public OnStall? OnStall { get; init; }

    /// <summary>The command that asks an organisation's own rules; null takes the run's own, or asks none.</summary>
    public string? PolicyCommand { get; init; }

    /// <summary>Compare the run with other ways to do its work.</summary>
    public bool WhatIf { get; init; }

    /// <summary>Why somebody freezes or releases; null for the targets that need no reason.</summary>
    public string? Why { get; init; }

    /// <summary>The team that is frozen, released or listed, or whose jobs are stopped; null is every team.</summary>
    public string? Team { get; init; }

    /// <summary>The month whose runs are listed, for example <c>2026-11</c>; null is every month.</summary>
    public string? Month { get; init; }

    /// <summary>Print one JSON document on standard output, and everything else on standard error.</summary>
    public bool Json { get; init; }

    /// <summary>Stop every running training job of the environment.</summary>
    public bool All { get; init; }

    /// <summary>The training job of the run whose log is shown, counted from 1; null is the newest.</summary>
    public int? Attempt { get; init; }

    /// <summary>Show new log lines until the job has ended.</summary>
    public bool Follow { get; init; }

    /// <summary>The node whose log is shown, counted from 1; null is all.</summary>
    public int? Node { get; init; }

    /// <summary>ID of the state lock to release.</summary>
    public string? ReleaseLock { get; init; }

    /// <summary>Name of the bucket that may be deleted with all it holds.</summary>
    public string? PurgeArtifacts { get; init; }

    /// <summary><c>OWNER/NAME</c>.</summary>
    public string? GitHubRepository { get; init; }

    /// <summary>Issue or pull request.</summary>
    public int? GitHubIssue { get; init; }

    /// <summary>Spot schedule of the sandbox; null leaves its own.</summary>
    public IReadOnlyList<string>? Interruptions { get; init; }

    /// <summary>Absolute path of the folder that holds <c>runs</c>.</summary>
    public required string ArtifactsFolder { get; init; }

    /// <summary>Absolute path of the sandbox's state.</summary>
    public required string SandboxState { get; init; }

    /// <summary>Port of the sandbox; 0 is a free one.</summary>
    public int Port { get; init; }

    /// <summary>Filter of the tests.</summary>
    public string? Filter { get; init; }

    /// <summary>Runs the tests of every tier: also those with other clients, long journeys and research runs.</summary>
    public bool AllTiers { get; init; }

    /// <summary>Absolute path of a folder of spot traces.</summary>
    public string? Traces { get; init; }

    /// <summary>Absolute path of the jobs to replay.</summary>
    public string? Jobs { get; init; }

    /// <summary>Absolute path of the file that gets a replay's results.</summary>
    public string? Out { get; init; }

    /// <summary>Absolute path of the picture of cost against slack; null draws none.</summary>
    public string? Plot { get; init; }

    /// <summary>Seconds that a checkpoint blocks training, each of which is swept; null sweeps nothing.</summary>
    public IReadOnlyList<double>? SweepCheckpoints { get; init; }

    /// <summary>Nothing may be started or written.</summary>
    public bool DryRun { get; init; }

    /// <summary>Runs the target without the targets that it depends on.</summary>
    public bool Exclusive { get; init; }

    /// <summary>Shows our own help page.</summary>
    public bool Help { get; init; }

    /// <summary>Shows how the targets depend on each other.</summary>
    public bool Tree { get; init; }

    /// <summary>Absolute path of the repository.</summary>
    public required string RepositoryRoot { get; init; }

    /// <summary>The options of this call that suggested commands repeat.</summary>
    public IReadOnlyList<ContextOption> Context { get; init; } = [];

    /// <summary>What the task runner gets, each option as <c>--name=value</c>.</summary>
    public IReadOnlyList<string> CakeArguments { get; init; } = [];
}
