using System.Security.Cryptography;
using BuildPipeline.Approvals.Statements;
using BuildPipeline.Aws;

namespace BuildPipeline.Approvals;

/// <summary>The file with the key that approvals of the environment have to be signed with.</summary>
/// <param name="Path">Absolute path.</param>
public sealed record PinnedKey(string Path)
{
    /// <summary>The file of an environment.</summary>
    /// <param name="repositoryRoot">Absolute path of the repository.</param>
    /// <param name="environment">The environment.</param>
    /// <param name="given">Absolute path of a file that is taken instead; null if none is.</param>
    public static PinnedKey Of(string repositoryRoot, string environment, string? given) =>
        new(given ?? System.IO.Path.Combine(repositoryRoot, "infra", "environments", $"{environment}.approval-key.pem"));

    /// <summary>The key; null if there is no such file.</summary>
    /// <exception cref="PipelineException">The file does not hold such a key (exit code 4).</exception>
    public ApprovalKey? Find() => File.Exists(Path) ? ApprovalKey.Parse(File.ReadAllText(Path), Path) : null;
}

/// <summary>Signs approvals, and refuses those that the environment's key did not sign.</summary>
public sealed class ApprovalStatements(ISigningKeys keys, PinnedKey pinned)
{
    /// <summary>The approval with its signed statement.</summary>
    /// <param name="approval">The approval.</param>
    /// <param name="key">ARN of the environment's key for approvals; null leaves the approval as it is.</param>
    /// <exception cref="PipelineException">KMS does not sign, or signs with another key than the pinned one (exit code 4).</exception>
    public async Task<ApprovalRecord> SignAsync(ApprovalRecord approval, string? key, CancellationToken cancellationToken)
    {
        if (key is null)
        {
            return approval;
        }

        var statement = approval.ToStatement().ToStatement();
        var signature = await keys.SignAsync(key, SHA256.HashData(DsseEnvelope.PreAuthentication(DsseEnvelope.InToto, statement)), cancellationToken);
        var signer = await ReadAsync(signature.KeyArn, cancellationToken);
        var signed = approval with { Statement = new(DsseEnvelope.Create(statement, signature.KeyArn, signature.Value), signer.ToPem()) };
        Require(signed, pinned.Find() ?? signer);
        return signed;
    }

    /// <summary>Refuses an approval that the pinned key, otherwise the one that KMS has now, did not sign.</summary>
    /// <param name="key">ARN of the environment's key for approvals; null if it has none, and then only a pinned key asks for a signature.</param>
    /// <exception cref="PipelineException">It is that of another run, or not signed as it is recorded (exit code 4), or KMS does not answer.</exception>
    public async Task RequireAsync(IApprovableRun run, ApprovalRecord approval, string? key, CancellationToken cancellationToken)
    {
        RequireOwn(run, approval);
        if ((pinned.Find() ?? (key is null ? null : await ReadAsync(key, cancellationToken))) is { } trusted)
        {
            Require(approval, trusted);
        }
    }

    /// <summary>Refuses an approval that a key did not sign.</summary>
    /// <exception cref="PipelineException">It is that of another run, or not signed as it is recorded (exit code 4).</exception>
    public static void RequireSigned(IApprovableRun run, ApprovalRecord approval, ApprovalKey trusted)
    {
        RequireOwn(run, approval);
        Require(approval, trusted);
    }

    private static void RequireOwn(IApprovableRun run, ApprovalRecord approval)
    {
        if (approval.Subject.RunId != run.RunId || approval.Subject.Environment != run.Environment)
        {
            throw new PipelineException(
                StatementErrors.OtherRun, $"The approval in the record of run {run.RunId} in environment {run.Environment} is that of run {approval.Subject.RunId} in environment {approval.Subject.Environment}.");
        }
    }

    private static void Require(ApprovalRecord approval, ApprovalKey trusted)
    {
        var statement = approval.Statement ?? throw new PipelineException(
            StatementErrors.NotSigned, $"The approval of run {approval.Subject.RunId} is not signed, and key {trusted.Fingerprint} has to sign it. Plan again and get a new approval.");
        statement.Require(approval.ToStatement(), trusted);
    }

    private async Task<ApprovalKey> ReadAsync(string key, CancellationToken cancellationToken) =>
        ApprovalKey.Import(await keys.ReadPublicKeyAsync(key, cancellationToken), key);
}
