using BuildPipeline.Accounts;
using BuildPipeline.Costing;
using BuildPipeline.Jobs;
using BuildPipeline.Runs;
using BuildPipeline.Training;

namespace BuildPipeline.Tasks;

/// <summary>Decides what a run's next job is, and records it before anything is submitted.</summary>
public sealed class JobIntent(PipelineCall call, FallbackSelector fallbacks, CheckpointIntervalSelector interval)
{
    /// <summary>Records the next job of the run under its name. A job that was moved, or got no capacity, has a successor, which may run for what the jobs before it have left of the approved dollars.</summary>
    /// <param name="gitHub">What names where this call posts the receipt; the calls that continue the run post it there too.</param>
    /// <exception cref="PipelineException">No node option is left (5), or the dollars are used up or unknown (3).</exception>
    public async Task<AttemptRecord> RecordAsync(GitHubAccess gitHub, CancellationToken cancellationToken)
    {
        var nodeOption = await fallbacks.ChooseAsync(cancellationToken);
        var run = call.Run;
        var job = run.Job!.NodeOptions()[nodeOption - 1];
        var number = run.NextAttemptNumber;
        var left = SuccessorCheck.LeftOf(run, call.Time.GetUtcNow());
        var attempt = new AttemptRecord
        {
            Number = number,
            JobName = JobNames.NameOf(job, run.RunId, number),
            Market = Fallbacks.NextMarket(run, job),
            NodeOption = nodeOption,
            IntentAt = call.Time.GetUtcNow(),
            MaxRuntimeSeconds = (int)RuntimeBudget.MaxRuntime(left, run.Cost!, job, nodeOption).TotalSeconds,
        };
        attempt = attempt with { Checkpoints = await interval.ForAsync(job, attempt, cancellationToken) };
        var (issue, commit) = RunPosting.PlaceOf(call.Options, run, gitHub);
        await call.Session.UpdateAsync(
            "launch.intent",
            current => current.WithIntent(attempt) with { ReceiptIssue = current.ReceiptIssue ?? issue, ReceiptCommit = current.ReceiptCommit ?? commit },
            new { attempt.JobName, attempt.NodeOption, job.InstanceType, job.InstanceCount, attempt.Market, attempt.MaxRuntimeSeconds, attempt.Checkpoints },
            cancellationToken);
        return attempt;
    }
}
