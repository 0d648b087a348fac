using System.Globalization;
using BuildPipeline.JobLogs;
using BuildPipeline.Jobs;
using BuildPipeline.Runs;
using BuildPipeline.Spot;
using BuildPipeline.Tracking;
using BuildPipeline.Training;

namespace BuildPipeline.Reporting;

/// <summary>A run as trackers get it.</summary>
public static class RunTrackingView
{
    /// <summary>The whole picture of a run that has had a job.</summary>
    /// <param name="run">The run.</param>
    /// <param name="metrics">The values that its jobs have logged.</param>
    public static TrackedRun Create(RunRecord run, IReadOnlyList<MetricPoint> metrics)
    {
        var state = StateOf(run);
        return new()
        {
            RunId = run.RunId,
            Name = run.Attempts[0].JobName,
            StartedAt = run.StartedAt,
            State = state,
            EndedAt = state == TrackedState.Running ? null : EndOf(run),
            Params = Params(run),
            Tags = Known([.. About(run), .. run.Attempts.SelectMany(attempt => Attempt(run, attempt)), .. Artifacts(run)]),
            Metrics = metrics,
            Model = run is { Job.Tracking.RegisterModel: { } model, Evidence: { Passed: true, ModelArchive: { } archive } } ? new TrackedModel(model.Name, archive) : null,
        };
    }

    /// <summary>The state of a run, as far as its record tells it.</summary>
    public static TrackedState StateOf(RunRecord run) => run switch
    {
        { HasOpenJob: true } => TrackedState.Running,
        { CurrentAttempt.Outcome: OutcomeKind.Stopped } => TrackedState.Killed,
        { CurrentAttempt.Outcome: OutcomeKind.Completed, Evidence: null or { Passed: true } } => TrackedState.Finished,
        _ => TrackedState.Failed,
    };

    private static DateTimeOffset? EndOf(RunRecord run) =>
        run.CurrentAttempt is { Transitions: [.., var last] } ? last.EndedAt ?? last.StartedAt : run.EndedAt;

    // Approved, so the same before and after the apply, and whatever nodes and market the run ends on.
    private static Dictionary<string, string> Params(RunRecord run)
    {
        var job = run.Job!;
        return Known(
        [
            .. job.Hyperparameters.Select(entry => (entry.Key, (string?)entry.Value)),
            ("job.instance_type", job.InstanceType),
            ("job.instance_count", Text(job.InstanceCount)),
            ("job.use_spot_instances", job.UseSpotInstances ? "true" : "false"),
            ("job.market_policy", run.Terms?.Policy),
            ("job.training_image_uri", job.TrainingImageUri),
            ("job.region", job.Region),
            ("job.training_data_uri", job.TrainingDataUri),
            ("job.validation_data_uri", job.ValidationDataUri),
            ("job.model_data_uri", job.ModelDataUri),
            ("job.max_runtime_seconds", Text(job.MaxRuntimeSeconds)),
            ("job.max_wait_seconds", job.MaxWaitSeconds is { } wait ? Text(wait) : null),
            ("job.deadline_hours", run.Terms?.DeadlineHours?.ToString(CultureInfo.InvariantCulture)),
            ("job.max_run_cost_usd", run.Cost is { } cost ? Text(cost.MaxRunCostUsd) : null),
        ]);
    }

    private static IEnumerable<(string, string?)> About(RunRecord run) =>
    [
        (TrackedRun.RunIdTag, run.RunId),
        ("pipeline.environment", run.Environment),
        ("pipeline.team", run.Job!.Team),
        ("pipeline.commit", run.Commit),
        ("pipeline.uncommitted_changes", run.UncommittedChanges is { } changes ? changes ? "true" : "false" : null),
        ("pipeline.digest", run.Approval?.Digest),
        ("pipeline.approved_by", run.Approval?.Approver),
        ("pipeline.approval", run.Approval is { } approval ? ApprovalView.SourceName(approval) : null),
        ("pipeline.plan_sha256", run.Subject?.PlanSha256),
        ("pipeline.source_sha256", run.Subject?.SourceSha256),
        .. (run.Subject?.DataSha256 ?? new Dictionary<string, string>()).Select(data => ($"pipeline.data_sha256.{data.Key}", (string?)data.Value)),
        ("pipeline.expected_cost_usd", run.Cost?.Expected is { } expected ? Text(expected) : null),
        ("pipeline.ceiling_usd", run.Subject is { } subject ? Text(subject.Ceiling) : null),
        ("pipeline.cost_usd", run.ActualCost is { } actual ? Text(actual) : null),
        ("pipeline.attempts", Text(run.Attempts.Count)),
        ("pipeline.outcome", run.CurrentAttempt?.OutcomeSentence),
        ("pipeline.validated", run.Evidence is { } evidence ? evidence.Passed ? "true" : "false" : null),
        ("pipeline.error", run.EndedAt is null ? null : run.ErrorId),
    ];

    private static IEnumerable<(string, string?)> Attempt(RunRecord run, AttemptRecord attempt)
    {
        var name = FormattableString.Invariant($"pipeline.attempt.{attempt.Number}");
        return
        [
            ($"{name}.job_arn", attempt.JobArn ?? attempt.JobName),
            ($"{name}.nodes", run.JobOf(attempt).Nodes()),
            ($"{name}.market", attempt.Market == Market.Spot ? "spot" : "on-demand"),
            ($"{name}.outcome", attempt.Outcome?.ToString()),
            ($"{name}.cost_usd", attempt.Cost is { } cost ? Text(cost) : null),
        ];
    }

    private static IEnumerable<(string, string?)> Artifacts(RunRecord run) =>
    [
        ("pipeline.model_archive", run.Evidence?.ModelArchive ?? run.CurrentAttempt?.ModelArtifacts),
        ("pipeline.checkpoints", $"s3://{run.Job!.ArtifactBucket}/{run.Job.ArtifactPrefix}/{run.ArtifactFolder}/checkpoints/"),
        ("pipeline.log_group", run.Job.LogGroupName),
    ];

    private static Dictionary<string, string> Known(IEnumerable<(string Name, string? Value)> entries) =>
        entries.Where(entry => entry.Value is not null).GroupBy(entry => entry.Name).ToDictionary(group => group.Key, group => group.First().Value!);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(Usd dollars) => dollars.Amount.ToString(CultureInfo.InvariantCulture);
}
