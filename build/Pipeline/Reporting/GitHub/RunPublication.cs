using BuildPipeline.Reporting.Receipts;
using BuildPipeline.Runs;
using BuildPipeline.Training;
using Octokit;

namespace BuildPipeline.Reporting.GitHub;

/// <summary>What GitHub shows of a run, within GitHub's limits.</summary>
public sealed record RunPublication
{
    private const int LongestDescription = 140;
    private const int MostAnnotations = 50;

    /// <summary>The run.</summary>
    public required string RunId { get; init; }

    /// <summary>Its environment.</summary>
    public required string Environment { get; init; }

    /// <summary>What its comment starts with.</summary>
    public required string Marker { get; init; }

    /// <summary>Its receipt.</summary>
    public required string Markdown { get; init; }

    /// <summary>The context of its commit status.</summary>
    public required string Context { get; init; }

    /// <summary>How it is.</summary>
    public required CommitState Status { get; init; }

    /// <summary>The same in a sentence.</summary>
    public required string Description { get; init; }

    /// <summary>Name of its check run.</summary>
    public required string CheckName { get; init; }

    /// <summary>Whether it could be planned and priced; null as long as that is not known.</summary>
    public CheckConclusion? CheckConclusion { get; init; }

    /// <summary>State of its deployment; null before it has launched a job.</summary>
    public DeploymentState? Deployment { get; init; }

    /// <summary>The lines of the project's files that its failure is about.</summary>
    public IReadOnlyList<SourcePlace> Places { get; init; } = [];

    /// <summary>What is shown of a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="sentence">How it is, in a sentence.</param>
    /// <param name="markdown">Its receipt.</param>
    public static RunPublication Create(RunRecord run, string sentence, string markdown)
    {
        var name = run.JobFile is null ? run.Environment : $"{run.Environment}/{run.JobFile}";

        // Plans of a pull request replace each other; what was launched keeps its own comment.
        var marker = run.Attempts.Count == 0 ? $"<!-- pipeline-plan:{name} -->" : $"<!-- pipeline-run:{run.RunId} -->";
        return new()
        {
            RunId = run.RunId,
            Environment = run.Environment,
            Marker = marker,
            Markdown = markdown,
            Context = $"pipeline/{name}",
            Status = StatusOf(run),
            Description = sentence.Length <= LongestDescription ? sentence : sentence[..(LongestDescription - 1)] + "…",
            CheckName = $"Plan and price ({name})",
            CheckConclusion = ConclusionOf(run),
            Deployment = DeploymentOf(run),
            Places = [.. run.ErrorPlaces.Take(MostAnnotations)],
        };
    }

    internal string Comment() => $"{Marker}\n{Markdown}";

    internal NewCheckRunOutput CheckOutput() => new(Description, Markdown)
    {
        Annotations = [.. Places.Select(place => new NewCheckRunAnnotation(place.File, place.Line, place.Line, CheckAnnotationLevel.Failure, Text.Shown(InertText.OneLine(place.Message))))],
    };

    private static CommitState StatusOf(RunRecord run) => Verdict.ToneOf(run) switch
    {
        Tone.Good => CommitState.Success,
        Tone.Warning when run.ExitCode == ExitCode.Done => CommitState.Success,
        Tone.Refused when run.ExitCode == ExitCode.NotApproved => CommitState.Pending,
        Tone.Warning or Tone.Bad or Tone.Refused => CommitState.Failure,
        _ => CommitState.Pending,
    };

    private static CheckConclusion? ConclusionOf(RunRecord run) => run switch
    {
        { Subject: not null } => Octokit.CheckConclusion.Success,
        { ExitCode: ExitCode.StillRunning } => Octokit.CheckConclusion.Neutral,
        { Error: not null } => Octokit.CheckConclusion.Failure,
        _ => null,
    };

    private static DeploymentState? DeploymentOf(RunRecord run) => run switch
    {
        { Attempts.Count: 0 } => null,
        { HasOpenJob: true } => DeploymentState.InProgress,
        { Evidence.Passed: true } => DeploymentState.Success,
        { CurrentAttempt.Outcome: OutcomeKind.Stopped } => DeploymentState.Inactive,
        { CurrentAttempt.Outcome: OutcomeKind.Completed, Evidence: null } => DeploymentState.InProgress,
        _ => DeploymentState.Failure,
    };
}
