using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using BuildPipeline.Approvals.Statements;
using BuildPipeline.Pipeline.Tests.Training;
using FsCheck;
using FsCheck.Xunit;

namespace BuildPipeline.Pipeline.Tests.Approvals.Statements;

public sealed class SignedStatementTests : IDisposable
{
    private static readonly SpendApproval Approval = Sample.Approval(Sample.Subject).ToStatement();

    private readonly FakeSigningKeys _keys = new();

    [Fact]
    public void Given_AnApproval_When_Stated_Then_ItIsAnInTotoStatementAboutTheDigestOfTheRun()
    {
        var statement = JsonNode.Parse(Approval.ToStatement())!;

        Assert.Equal("https://in-toto.io/Statement/v1", (string?)statement["_type"]);
        Assert.Equal((Sample.Subject.RunId, Approval.Digest), ((string?)statement["subject"]![0]!["name"], (string?)statement["subject"]![0]!["digest"]!["sha256"]));
        Assert.EndsWith("spend-approval/v1", (string?)statement["predicateType"], StringComparison.Ordinal);
        Assert.Equal(
            ("1.51", "USD", "someone", "terminal", "2026-02-01T12:00:00.0000000Z"),
            ((string?)statement["predicate"]!["amount"], (string?)statement["predicate"]!["currency"], (string?)statement["predicate"]!["approver"], (string?)statement["predicate"]!["way"], (string?)statement["predicate"]!["expires_at"]));
    }

    [Fact]
    public void Given_ASignedStatement_When_Required_Then_ItHolds() => _keys.Sign(Approval.ToStatement()).Require(Approval, _keys.Public);

    [Property(MaxTest = 200)]
    public void Given_OneBitOfTheStatementChanged_When_Required_Then_ItIsRefused(NonNegativeInt place, byte bit)
    {
        var (signed, statement) = (_keys.Sign(Approval.ToStatement()), Approval.ToStatement());
        statement[place.Get % statement.Length] ^= (byte)(1 << (bit % 8));

        AssertRefused(signed with { Envelope = signed.Envelope with { Payload = Convert.ToBase64String(statement) } }, StatementErrors.WrongSignature, StatementErrors.Unreadable);
    }

    [Property(MaxTest = 200)]
    public void Given_OneBitOfTheSignatureChanged_When_Required_Then_ItIsRefused(NonNegativeInt place, byte bit)
    {
        var signed = _keys.Sign(Approval.ToStatement());
        var signature = signed.Envelope.Open().Signature;
        signature[place.Get % signature.Length] ^= (byte)(1 << (bit % 8));

        AssertRefused(signed with { Envelope = signed.Envelope with { Signatures = [new(FakeSigningKeys.Arn, Convert.ToBase64String(signature))] } }, StatementErrors.WrongSignature);
    }

    [Property]
    public bool Given_MembersInAnyOrder_When_WrittenInCanonicalForm_Then_TheBytesAreTheSameAndReadBackTheSame(Dictionary<string, string?> members)
    {
        var distinct = members.Select(member => KeyValuePair.Create(Text(member.Key), member.Value)).DistinctBy(member => member.Key).ToList();
        JsonObject Document(IEnumerable<KeyValuePair<string, string?>> entries) => new(entries.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value)));
        var written = CanonicalJson.Write(Document(distinct));

        return written.SequenceEqual(CanonicalJson.Write(Document(Enumerable.Reverse(distinct))))
            && written.SequenceEqual(CanonicalJson.Write(JsonNode.Parse(written)!));
    }

    [Property]
    public bool Given_TwoApprovals_When_Stated_Then_TheStatementsAreEqualOnlyIfTheApprovalsAre(NonNull<string> approver, NonNull<string> other)
    {
        var (left, right) = (Approval with { Approver = Text(approver.Get) }, Approval with { Approver = Text(other.Get) });

        return left.ToStatement().SequenceEqual(right.ToStatement()) == (left == right);
    }

    [Fact]
    public void Given_AKeyOnAnotherCurveOrNoKey_When_Read_Then_ItIsRefused()
    {
        using var other = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP384);

        Assert.Equal(StatementErrors.NoKey, Assert.Throws<PipelineException>(() => ApprovalKey.Import(other.ExportSubjectPublicKeyInfo(), "x")).Code);
        Assert.Equal(StatementErrors.NoKey, Assert.Throws<PipelineException>(() => ApprovalKey.Parse("no key", "x")).Code);
        Assert.Equal(_keys.Public.Fingerprint, ApprovalKey.Parse(_keys.Public.ToPem(), "x").Fingerprint);
    }

    /// <summary>A second implementation, with nothing of ours but the three files.</summary>
    [SkippableTheory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public async Task Given_OpenSsl_When_ItVerifiesTheSignature_Then_ItAgrees(bool isChanged, int exitCode)
    {
        Skip.If(!Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "openssl"))), "openssl is not installed");
        using var folder = new TempFolder();
        var signed = _keys.Sign(Approval.ToStatement());
        var (statement, signature) = signed.Envelope.Open();
        statement[^1] ^= isChanged ? (byte)1 : (byte)0;
        await File.WriteAllBytesAsync(Path.Combine(folder.Root, "message"), DsseEnvelope.PreAuthentication(signed.Envelope.PayloadType, statement));
        await File.WriteAllBytesAsync(Path.Combine(folder.Root, "signature"), signature);
        await File.WriteAllTextAsync(Path.Combine(folder.Root, "key.pem"), signed.PublicKeyPem);

        using var openssl = Process.Start(new ProcessStartInfo("openssl", ["dgst", "-sha256", "-verify", "key.pem", "-signature", "signature", "message"]) { WorkingDirectory = folder.Root, RedirectStandardOutput = true, RedirectStandardError = true })!;
        await openssl.WaitForExitAsync();

        Assert.Equal(exitCode, openssl.ExitCode);
    }

    public void Dispose() => _keys.Dispose();

    private static string Text(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private void AssertRefused(SignedStatement signed, params ErrorCode[] codes)
    {
        var refused = Assert.Throws<PipelineException>(() => signed.Require(Approval, _keys.Public));

        Assert.Contains(refused.Code, codes);
        Assert.Equal(ExitCode.NotApproved, refused.ExitCode);
    }
}
