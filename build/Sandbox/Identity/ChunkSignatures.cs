using System.Security.Cryptography;
using System.Text;

namespace BuildPipeline.Sandbox.Identity;

/// <summary>The chain of signatures of a body in chunks: each is of its chunk and of the signature before, the first of which is the request's own.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html.</remarks>
internal sealed class ChunkSignatures
{
    /// <summary>In place of the body's hash: chunks without signatures.</summary>
    public const string Unsigned = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";

    /// <summary>In place of the body's hash: chunks with signatures.</summary>
    public const string Signed = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";

    /// <summary>In place of the body's hash: chunks with signatures, and signed headers after them.</summary>
    public const string SignedWithTrailer = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";

    private static readonly string NoBytes = Convert.ToHexStringLower(SHA256.HashData([]));

    private readonly string _time;
    private readonly string _scope;
    private readonly Func<string, string> _sign;
    private string _before;

    private ChunkSignatures(SignatureClaim claim, bool hasTrailer, Func<string, string> sign)
    {
        _time = claim.Time;
        _scope = claim.Credential.Scope;
        _sign = sign;
        _before = claim.Signature;
        HasTrailer = hasTrailer;
    }

    /// <summary>Whether the headers after the content are signed, too.</summary>
    public bool HasTrailer { get; }

    /// <param name="payload">What the request has as the hash of its body.</param>
    /// <param name="sign">Signs a text with the request's key.</param>
    /// <returns>Null if the body's chunks are not signed.</returns>
    public static ChunkSignatures? Of(SignatureClaim claim, string payload, Func<string, string> sign) =>
        payload is Signed or SignedWithTrailer ? new ChunkSignatures(claim, payload == SignedWithTrailer, sign) : null;

    /// <param name="hash">SHA-256 of the chunk's bytes, in hexadecimal digits.</param>
    public bool IsOfNext(string signature, string hash) => IsNext(signature, "AWS4-HMAC-SHA256-PAYLOAD", $"{NoBytes}\n{hash}");

    /// <param name="trailer">The headers after the content, each as name, colon, value and line feed.</param>
    public bool IsOfTrailer(string signature, string trailer) =>
        IsNext(signature, "AWS4-HMAC-SHA256-TRAILER", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(trailer))));

    private bool IsNext(string signature, string kind, string content)
    {
        _before = _sign($"{kind}\n{_time}\n{_scope}\n{_before}\n{content}");
        return signature == _before;
    }
}
