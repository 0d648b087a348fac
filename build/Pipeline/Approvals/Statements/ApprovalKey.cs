using System.Security.Cryptography;

namespace BuildPipeline.Approvals.Statements;

/// <summary>The public part of a key that signs approvals: ECDSA on the curve P-256, with SHA-256.</summary>
public sealed class ApprovalKey
{
    private const string P256 = "1.2.840.10045.3.1.7";

    private readonly byte[] _info;

    private ApprovalKey(byte[] info) => _info = info;

    /// <summary>SHA-256 of the key's SubjectPublicKeyInfo, hex: what people compare.</summary>
    public string Fingerprint => HexDigest.Calculate(_info);

    /// <summary>A key as KMS gives it.</summary>
    /// <param name="info">SubjectPublicKeyInfo, DER.</param>
    /// <param name="from">Where it is from, for messages.</param>
    /// <exception cref="PipelineException">It is no such key (exit code 4).</exception>
    public static ApprovalKey Import(byte[] info, string from) => Read(from, key => key.ImportSubjectPublicKeyInfo(info, out _));

    /// <summary>A key as a file has it.</summary>
    /// <param name="pem">PEM text.</param>
    /// <param name="from">Where it is from, for messages.</param>
    /// <exception cref="PipelineException">It is no such key (exit code 4).</exception>
    public static ApprovalKey Parse(string pem, string from) => Read(from, key => key.ImportFromPem(pem));

    /// <summary>The key as a PEM file, which openssl reads.</summary>
    public string ToPem() => PemEncoding.WriteString("PUBLIC KEY", _info) + "\n";

    /// <summary>True if the key made the signature of the message.</summary>
    /// <param name="signature">DER.</param>
    public bool Verifies(byte[] message, byte[] signature)
    {
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(_info, out _);
        return key.VerifyData(message, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    private static ApprovalKey Read(string from, Action<ECDsa> import)
    {
        try
        {
            using var key = ECDsa.Create();
            import(key);
            return key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value == P256
                ? new ApprovalKey(key.ExportSubjectPublicKeyInfo())
                : throw new CryptographicException("the key is on another curve");
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new PipelineException(StatementErrors.NoKey, $"{from} is not a public key on the curve P-256 ({exception.Message.TrimEnd('.')}), so it verifies no approval.", exception);
        }
    }
}
