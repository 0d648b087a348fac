using BuildPipeline.Approvals.Statements;

namespace BuildPipeline.Approvals;

/// <summary>What the record of a run has to prove of its approval, after the fact.</summary>
public static class ApprovalProof
{
    /// <summary>Between the last check before a submission and AWS's own time of it.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    /// <summary>Refuses an approval that was given, or first used, after it had expired.</summary>
    /// <param name="approval">The approval.</param>
    /// <param name="submittedAt">When the first job was submitted; null if none was.</param>
    /// <exception cref="PipelineException">It was (exit code 4).</exception>
    public static void RequireInTime(ApprovalRecord approval, DateTimeOffset? submittedAt)
    {
        var (given, expires) = (approval.ApprovedAt, approval.ExpiresAt);
        if (given > expires || submittedAt > expires + Tolerance)
        {
            throw new PipelineException(
                StatementErrors.SubmittedLate, $"The approval of run {approval.Subject.RunId} expired at {expires:u}, and {(given > expires ? $"it was given at {given:u}" : $"the first job was submitted at {submittedAt:u}")}.");
        }
    }

    /// <summary>Refuses jobs that cost more than was approved.</summary>
    /// <param name="approval">The approval.</param>
    /// <param name="cost">Their cost; null if it is unknown.</param>
    /// <exception cref="PipelineException">They do, or may (exit code 4).</exception>
    public static void RequireWithin(ApprovalRecord approval, Usd? cost)
    {
        if (cost is not { } known || known > approval.Subject.Ceiling)
        {
            throw new PipelineException(
                StatementErrors.OverAmount, $"The jobs of run {approval.Subject.RunId} cost {Format.Money(cost)}, and {approval.Subject.Ceiling} was approved.");
        }
    }
}
