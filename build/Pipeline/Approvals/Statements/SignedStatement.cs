namespace BuildPipeline.Approvals.Statements;

/// <summary>The signed statement of an approval, and the key that it claims to be signed with.</summary>
/// <param name="Envelope">Statement and signature.</param>
/// <param name="PublicKeyPem">The key, PEM.</param>
public sealed record SignedStatement(DsseEnvelope Envelope, string PublicKeyPem)
{
    /// <summary>Refuses a statement that the trusted key did not sign, or that says something else.</summary>
    /// <param name="expected">What the record says of the approval.</param>
    /// <param name="trusted">The only key that counts.</param>
    /// <exception cref="PipelineException">It does not hold (exit code 4); each fault has its own error.</exception>
    public void Require(SpendApproval expected, ApprovalKey trusted)
    {
        var (statement, signature) = Envelope.Open();
        var claimed = ApprovalKey.Parse(PublicKeyPem, $"The key in the record of run {expected.RunId}");
        if (claimed.Fingerprint != trusted.Fingerprint)
        {
            throw new PipelineException(
                StatementErrors.OtherKey, $"The approval of run {expected.RunId} was signed with key {claimed.Fingerprint}, and the trusted key is {trusted.Fingerprint}.");
        }

        if (!trusted.Verifies(DsseEnvelope.PreAuthentication(Envelope.PayloadType, statement), signature))
        {
            throw new PipelineException(
                StatementErrors.WrongSignature, $"Key {trusted.Fingerprint} did not sign the statement of run {expected.RunId}: statement or signature was changed.");
        }

        if (!statement.AsSpan().SequenceEqual(expected.ToStatement()))
        {
            throw new PipelineException(
                StatementErrors.Differs, $"The signed statement of run {expected.RunId} differs from its record in {Named(expected.Differences(statement))}. Only what was signed was approved.");
        }
    }

    private static string Named(IReadOnlyList<string> members) => members.Count == 0 ? "how it is written" : string.Join(", ", members);
}
