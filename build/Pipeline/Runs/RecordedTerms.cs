using BuildPipeline.Jobs;
using BuildPipeline.Spot;

namespace BuildPipeline.Runs;

/// <summary>Market policy and deadline of a run.</summary>
public static class RecordedTerms
{
    /// <summary>The terms of a run: those that are recorded, otherwise what the options say, otherwise the job's deadline and the default policy.</summary>
    /// <param name="run">The run, planned.</param>
    /// <param name="policy">The policy that was asked for; null is none.</param>
    /// <param name="deadline">The deadline that was asked for; null is none.</param>
    public static RunTerms TermsOf(RunRecord run, string? policy = null, TimeSpan? deadline = null) =>
        run.Terms ?? new(policy ?? MarketPolicies.Default, deadline?.TotalHours ?? run.Job!.DeadlineHours);
}
