using System.Security.Cryptography;
using BuildPipeline.Approvals.Statements;
using BuildPipeline.Aws;

namespace BuildPipeline.Pipeline.Tests.Approvals;

/// <summary>A KMS with one key.</summary>
internal sealed class FakeSigningKeys : ISigningKeys, IDisposable
{
    public const string Arn = "arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555";

    private ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public ApprovalKey Public => ApprovalKey.Import(_key.ExportSubjectPublicKeyInfo(), "the key");

    /// <summary>Somebody replaces the key.</summary>
    public void Replace()
    {
        _key.Dispose();
        _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    }

    /// <summary>The statement as the key signs it.</summary>
    public SignedStatement Sign(byte[] statement) => new(
        DsseEnvelope.Create(statement, Arn, _key.SignData(DsseEnvelope.PreAuthentication(DsseEnvelope.InToto, statement), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)),
        Public.ToPem());

    public Task<KeySignature> SignAsync(string key, byte[] digest, CancellationToken cancellationToken) =>
        Task.FromResult(new KeySignature(Arn, _key.SignHash(digest, DSASignatureFormat.Rfc3279DerSequence)));

    public Task<byte[]> ReadPublicKeyAsync(string key, CancellationToken cancellationToken) => Task.FromResult(_key.ExportSubjectPublicKeyInfo());

    public void Dispose() => _key.Dispose();
}
