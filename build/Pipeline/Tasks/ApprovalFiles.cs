using BuildPipeline.Approvals;
using BuildPipeline.Runs;

namespace BuildPipeline.Tasks;

/// <summary>The files of an approval in the folder of its run, for people and other verifiers.</summary>
internal static class ApprovalFiles
{
    /// <summary>Writes <c>approval.json</c>, and of a signed approval its envelope and key.</summary>
    public static void Write(RunSession session, ApprovalRecord approval)
    {
        var (store, run) = (session.Store, session.Run.RunId);
        store.WriteJson(run, RunFiles.Approval, approval);
        if (approval.Statement is { } statement)
        {
            store.WriteJson(run, RunFiles.Statement, statement.Envelope);
            store.WriteText(run, RunFiles.ApprovalKey, statement.PublicKeyPem);
        }
    }
}
