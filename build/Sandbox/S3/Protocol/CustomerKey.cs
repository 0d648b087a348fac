using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>Keys that clients keep and send with each request (SSE-C). The sandbox remembers a key's MD5 and refuses every other key.</summary>
/// <remarks>AWS requires TLS for them; the sandbox listens on loopback only.</remarks>
internal static class CustomerKey
{
    private const string Prefix = "x-amz-server-side-encryption-customer-";
    private const string SourcePrefix = "x-amz-copy-source-server-side-encryption-customer-";
    private const int KeyLength = 32;

    /// <returns>The MD5 of the key in Base64; null if the request has none.</returns>
    /// <exception cref="AwsError">The three headers are incomplete or do not agree.</exception>
    public static string? Md5Of(S3Call call) => Md5Of(call, Prefix);

    /// <exception cref="AwsError">The request lacks the key of the object, or has another one.</exception>
    public static void Check(S3Call call, string? stored) => Check(Md5Of(call, Prefix), stored);

    /// <exception cref="AwsError">The request lacks the key that the upload was begun with, or has another one.</exception>
    public static void CheckUpload(S3Call call, UploadRecord upload)
    {
        var given = Md5Of(call, Prefix);
        if (given != upload.Headers.CustomerKeyMd5)
        {
            throw S3Errors.InvalidRequest(given is null || upload.Headers.CustomerKeyMd5 is null
                ? "The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate encryption parameters."
                : "The provided encryption parameters did not match the ones used originally.");
        }
    }

    /// <exception cref="AwsError">The request lacks the key of the copy's source, or has another one.</exception>
    public static void CheckSource(S3Call call, string? stored) => Check(Md5Of(call, SourcePrefix), stored);

    public static void Write(HttpResponse response, string? md5)
    {
        response.Headers[Prefix + "algorithm"] = md5 is null ? null : "AES256";
        response.Headers[Prefix + "key-MD5"] = md5;
    }

    private static void Check(string? given, string? stored)
    {
        if (given != stored)
        {
            throw (given, stored) switch
            {
                (_, null) => S3Errors.InvalidRequest("The encryption parameters are not applicable to this object."),
                (null, _) => S3Errors.InvalidRequest(
                    "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object."),
                _ => new AwsError(
                    403, "AccessDenied", "Requests specifying Server Side Encryption with Customer provided keys must provide the correct secret key."),
            };
        }
    }

    private static string? Md5Of(S3Call call, string prefix)
    {
        var (algorithm, key, md5) = (call.Header(prefix + "algorithm"), call.Header(prefix + "key"), call.Header(prefix + "key-MD5"));
        if (algorithm is null && key is null && md5 is null)
        {
            return null;
        }

        if (algorithm != "AES256")
        {
            throw algorithm is null
                ? Incomplete("a valid encryption algorithm")
                : new AwsError(400, "InvalidEncryptionAlgorithmError", "The Encryption request you specified is not valid. Supported value: AES256.");
        }

        var bytes = new byte[KeyLength];
        if (!Convert.TryFromBase64String(key ?? throw Incomplete("an appropriate secret key"), bytes, out var length) || length != KeyLength)
        {
            throw S3Errors.InvalidArgument("The secret key was invalid for the specified algorithm.");
        }

        return md5 is null ? throw Incomplete("the client calculated MD5 of the secret key")
            : Digest(bytes) == md5 ? md5
            : throw S3Errors.InvalidArgument("The calculated MD5 hash of the key did not match the hash that was provided.");
    }

    [SuppressMessage("Security", "CA5351", Justification = "S3's protocol prescribes MD5; nothing is protected by it.")]
    private static string Digest(byte[] key) => Convert.ToBase64String(MD5.HashData(key));

    private static AwsError Incomplete(string what) => S3Errors.InvalidArgument(
        $"Requests specifying Server Side Encryption with Customer provided keys must provide {what}.");
}
