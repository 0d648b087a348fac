using BuildPipeline.Aws;
using BuildPipeline.Costing;
using BuildPipeline.Freezes;
using BuildPipeline.Runs;
using BuildPipeline.Training;
using BuildPipeline.Uploads;

namespace BuildPipeline.Tasks;

/// <summary>Verifies all that the next job of a run needs, before the job that runs is stopped for it.</summary>
public sealed class SuccessorCheck(PipelineCall call, RunApproval approval, TrainingUploads uploads)
{
    /// <summary>Returns where the next job can be submitted.</summary>
    /// <exception cref="PipelineException">Spending is frozen (3), or something is missing: the approval (4), its dollars or the team's (3), what was uploaded (4), or AWS's answer.</exception>
    public async Task RequireAsync(CancellationToken cancellationToken)
    {
        await approval.VerifyAsync(cancellationToken, isFollowed: true);
        var (run, attempt) = (call.Run, call.Run.CurrentAttempt!);
        _ = RuntimeBudget.MaxRuntime(LeftOf(run, call.Time.GetUtcNow()), run.Cost!, run.JobOf(attempt), attempt.NodeOption);
        await uploads.VerifyAsync(ApprovedChannels.Select(run.Job!, run.Approval!.Subject), cancellationToken);
    }

    /// <summary>True if the same submission will be refused again; false if waiting, signing in or the release of a freeze is enough.</summary>
    public static bool IsFinal(PipelineException refusal) => !FreezeErrors.IsRefusal(refusal.Code) && (refusal.InnerException is { } cause ? AwsErrors.Classify(cause) : AwsErrorKind.Other) switch
    {
        AwsErrorKind.NoCredentials => false,

        // The bucket of an open run is gone once Cleanup has destroyed the environment.
        AwsErrorKind.NotFound => true,
        _ => refusal.ExitCode is not (ExitCode.StillRunning or ExitCode.Failed),
    };

    /// <summary>The approved dollars that the jobs of a run leave at least.</summary>
    /// <exception cref="PipelineException">A rate is unknown (exit code 3).</exception>
    public static Usd LeftOf(RunRecord run, DateTimeOffset now) => run.Attempts
        .Select(attempt => attempt.Cost ?? AtMost(attempt, run.Cost!.RateOf(attempt.NodeOption), now))
        .Aggregate((Usd?)run.Approval!.Subject.Ceiling, (left, spent) => left - spent)
        ?? throw new PipelineException(CostingErrors.UnknownSpend, $"The cost of run {run.RunId} so far is unknown, so no further job is started.");

    // What a job has cost is known once the service bills it. Until then it is at most the time on its nodes, and the time that a stop
    // takes, at the full rate; where the service shows no times, all that it may run.
    private static Usd? AtMost(AttemptRecord attempt, Usd? rate, DateTimeOffset now) =>
        (attempt.Transitions.Count > 0 ? JobState.SpendAtMost(attempt, rate, now) : rate * (attempt.MaxRuntimeSeconds / 3600m))
        + (rate * (decimal)CostEstimator.StopTime.TotalHours);
}
