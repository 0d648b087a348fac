using BuildPipeline.Accounts;
using BuildPipeline.Aws;
using BuildPipeline.Runs;

namespace BuildPipeline.Tasks;

/// <summary>The end of a target whose credentials ended before its work: what stays open, and how to continue.</summary>
public static class CredentialEnd
{
    /// <summary>True if a target ended because its credentials did.</summary>
    public static bool IsOf(PipelineException failure) =>
        failure.InnerException is PipelineException inner ? IsOf(inner) : failure.InnerException is { } cause && AwsErrors.IsEndOfCredentials(cause);

    /// <summary>The end, with exit code 75.</summary>
    /// <param name="failure">What ended the target.</param>
    /// <param name="run">The open run; null for a target that works on all of them.</param>
    /// <param name="again">The command that continues.</param>
    public static PipelineException Describe(PipelineException failure, RunRecord? run, string again)
    {
        var open = run is null ? "Runs may be open, and their jobs keep running."
            : run is { HasOpenJob: true, CurrentAttempt: { } attempt } ? $"Run {run.RunId} stays open. The training job {attempt.JobName} may be running and is billed while it runs."
            : $"Run {run.RunId} stays open.";
        return new PipelineException(AccountErrors.EndedCredentials, $"{failure.Message} {open} Continue with:\n  {again}", failure);
    }
}
