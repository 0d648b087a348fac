using BuildPipeline.Jobs;
using BuildPipeline.Runs;
using BuildPipeline.Terminal;
using BuildPipeline.Training;

namespace BuildPipeline.Tasks;

/// <summary>Chooses the node option that a run's next job is for, and records why it is not the one before.</summary>
public sealed class FallbackSelector(PipelineCall call)
{
    /// <summary>The node option, from 1.</summary>
    /// <exception cref="PipelineException">No node option is left (exit code 5).</exception>
    public async Task<int> ChooseAsync(CancellationToken cancellationToken)
    {
        var run = call.Run;
        var next = Fallbacks.Next(run) ?? throw new PipelineException(
            TrainingErrors.OptionsExhausted, $"No node option is left for run {run.RunId}. Omit --run to start a new run.");
        var jobs = run.Job!.NodeOptions();
        var before = run.CurrentAttempt?.NodeOption ?? 0;
        for (var skipped = before + 1; skipped < next; skipped++)
        {
            var shortfall = run.Cost!.QuotaShortfallMessage(skipped);
            await call.Session.UpdateAsync(
                "launch.fallback_skipped", same => same, new { NodeOption = skipped, jobs[skipped - 1].InstanceType, jobs[skipped - 1].InstanceCount, Why = shortfall }, cancellationToken);
            call.Console.Warn($"Skipping node option {skipped}, {jobs[skipped - 1].Nodes()}: it {shortfall}.");
        }

        if (next > 1 && next != before)
        {
            var why = run.CurrentAttempt?.OutcomeSentence;
            await call.Session.UpdateAsync(
                "launch.fallback", same => same, new { NodeOption = next, jobs[next - 1].InstanceType, jobs[next - 1].InstanceCount, Why = why }, cancellationToken);
            call.Console.Warn($"Falling back to node option {next}, {jobs[next - 1].Nodes()}.{(why is null ? "" : $" {why}")}");
        }

        return next;
    }
}
