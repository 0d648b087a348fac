using BuildPipeline.Journal;
using BuildPipeline.Terminal;

namespace BuildPipeline.Tasks;

/// <summary>Takes a lease from a process that is at work, which stops before its next step.</summary>
internal static class LeaseTakeOver
{
    /// <summary>Takes the lease where somebody holds it, and gives it back.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="call">The call that takes it.</param>
    /// <param name="subject">What it is the lease of, for people.</param>
    /// <exception cref="PipelineException">S3 cannot be reached.</exception>
    public static async Task TakeAwayAsync(this Lease lease, PipelineCall call, string subject, CancellationToken cancellationToken)
    {
        if (await lease.FindHolderAsync(cancellationToken) is { } holder)
        {
            await lease.AcquireAsync(call.Options.Target!, takeOver: true, cancellationToken);
            await lease.ReleaseAsync();
            call.Console.Warn($"{call.Options.Target} is taking over {subject} from {holder.Describe()}, which will stop.");
        }
    }
}
