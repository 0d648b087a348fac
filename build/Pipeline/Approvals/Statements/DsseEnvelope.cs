using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BuildPipeline.Approvals.Statements;

/// <summary>A signed statement in a DSSE envelope: https://github.com/secure-systems-lab/dsse.</summary>
/// <param name="PayloadType">Media type of the payload.</param>
/// <param name="Payload">The statement, base64.</param>
/// <param name="Signatures">Signatures of type and payload.</param>
public sealed record DsseEnvelope(
    [property: JsonPropertyName("payloadType")] string PayloadType, string Payload, IReadOnlyList<DsseSignature> Signatures)
{
    /// <summary>Payload type of in-toto statements.</summary>
    public const string InToto = "application/vnd.in-toto+json";

    /// <summary>The envelope of a statement.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="keyId">ARN of the key, which helps to find it and proves nothing.</param>
    /// <param name="signature">Signature of <see cref="PreAuthentication"/>, DER.</param>
    public static DsseEnvelope Create(byte[] statement, string keyId, byte[] signature) =>
        new(InToto, Convert.ToBase64String(statement), [new DsseSignature(keyId, Convert.ToBase64String(signature))]);

    /// <summary>What is signed: DSSE's pre-authentication encoding of type and payload.</summary>
    public static byte[] PreAuthentication(string payloadType, byte[] payload)
    {
        var type = Encoding.UTF8.GetBytes(payloadType);
        return [.. Ascii($"DSSEv1 {type.Length} "), .. type, .. Ascii($" {payload.Length} "), .. payload];
    }

    /// <summary>The statement and its signature.</summary>
    /// <exception cref="PipelineException">The envelope does not hold one in-toto statement with one signature, each in its only base64 form (exit code 4).</exception>
    public (byte[] Statement, byte[] Signature) Open()
    {
        if (PayloadType != InToto || Signatures is not [{ Sig: { } signature }] || Payload is null)
        {
            throw Unreadable($"it has payload type '{PayloadType}' and {Signatures?.Count ?? 0} signatures, not '{InToto}' and one");
        }

        var statement = Decode(Payload, "payload");
        try
        {
            using var document = JsonDocument.Parse(statement);
        }
        catch (JsonException exception)
        {
            throw Unreadable($"its payload is not JSON ({exception.Message})");
        }

        return (statement, Decode(signature, "signature"));
    }

    // Other texts of the same bytes exist: with spaces, or with bits that nothing reads.
    private static byte[] Decode(string base64, string what)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var length) && Convert.ToBase64String(bytes, 0, length) == base64
            ? bytes[..length]
            : throw Unreadable($"its {what} is not base64");
    }

    private static byte[] Ascii(FormattableString text) => Encoding.ASCII.GetBytes(text.ToString(CultureInfo.InvariantCulture));

    private static PipelineException Unreadable(string why) =>
        new(StatementErrors.Unreadable, $"The signed statement of the approval cannot be read: {why}. Its record was changed. Plan again and get a new approval.");
}

/// <summary>A signature in an envelope.</summary>
/// <param name="KeyId">ARN of the key in KMS.</param>
/// <param name="Sig">The signature: DER, base64.</param>
public sealed record DsseSignature([property: JsonPropertyName("keyid")] string KeyId, string Sig);
