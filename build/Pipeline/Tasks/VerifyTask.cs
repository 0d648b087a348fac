using BuildPipeline.Approvals;
using BuildPipeline.Approvals.Statements;
using BuildPipeline.Reporting;
using BuildPipeline.Reporting.Markdown;
using BuildPipeline.Runs;
using BuildPipeline.Terminal;
using BuildPipeline.Training;
using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>Checks signed approval, plan, cost and receipt of a run, offline.</summary>
[TaskName("Verify")]
[TaskDescription("Checks signed approval, plan, cost and receipt of a run, offline.")]
public sealed class VerifyTask(PipelineCall call, ApprovalService approvals, ApprovalScopeBuilder scope, PinnedKey pinned) : AsyncFrostingTask<PipelineContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(PipelineContext context) => VerifyAsync(context.Cancellation);

    /// <summary>Checks the copy of the run on this machine.</summary>
    /// <exception cref="PipelineException">Something does not hold (exit code 4); each fault has its own error.</exception>
    public async Task VerifyAsync(CancellationToken cancellationToken)
    {
        var run = call.Run;
        var approval = approvals.Given(run);
        ApprovalFiles.Write(call.Session, approval);
        var key = pinned.Find() ?? throw NoKey(approval);
        ApprovalStatements.RequireSigned(run, approval, key);
        ApprovalService.Verify(approval, approval.Subject);
        RequirePlan(approval);
        ApprovalProof.RequireInTime(approval, run is { Attempts: [var first, ..], Sweep: null } ? SubmittedAt(first) : null);
        ApprovalProof.RequireWithin(approval, run.ActualCost ?? (run.IsOpen || run.CurrentAttempt is null ? Usd.Zero : null));
        await RequireReceiptAsync(approval, cancellationToken);
        ApprovalView.Show(call.Console, approval);
        call.Console.Done($"Signature, digest, plan, cost and receipt hold. Signed with key {key.Fingerprint} ({pinned.Path}).");
    }

    private PipelineException NoKey(ApprovalRecord approval) => approval.Statement is null
        ? new(StatementErrors.NotSigned, $"The approval of run {call.Run.RunId} is not signed, because its environment has no approval_key_arn. Set it, and start a new run.")
        : new(StatementErrors.NoKey, $"There is no {pinned.Path}, so no key is trusted to sign approvals. Get the key from your administrator. To see only that nothing changed since the signature, trust the key in the record:\n  {call.Hints.For("Verify", $"--run={call.Run.RunId}", $"--approval-key={call.Session.PathOf(RunFiles.ApprovalKey)}")}");

    // AWS's own time of it, where it is known: the clock of a machine can be wrong. Of a sweep, another run may have been the first.
    private static DateTimeOffset SubmittedAt(AttemptRecord attempt) => attempt.Transitions is [var started, ..] ? started.StartedAt : attempt.IntentAt;

    private void RequirePlan(ApprovalRecord approval)
    {
        var file = call.Session.PathOf(RunFiles.Plan);
        if (!File.Exists(file) || scope.ReadPlan() != approval.Subject.PlanSha256)
        {
            throw new PipelineException(StatementErrors.PlanDiffers, $"{file} {(File.Exists(file) ? "is not the plan that was approved" : "is missing, so nobody can say what was approved")}.");
        }
    }

    private async Task RequireReceiptAsync(ApprovalRecord approval, CancellationToken cancellationToken)
    {
        var file = call.Session.PathOf(RunFiles.Summary);
        if (!File.Exists(file) || !(await File.ReadAllLinesAsync(file, cancellationToken)).Contains(MarkdownReceipt.ApprovalRow(approval)))
        {
            throw new PipelineException(StatementErrors.ReceiptDiffers, $"{file} is missing, or does not say what the record says of the approval. Write it again with:\n  {call.Hints.For("Summary", $"--run={call.Run.RunId}")}");
        }
    }
}
