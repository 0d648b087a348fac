using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using BuildPipeline.Sandbox.Identity;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>Receives a request's body and holds it against every digest that the client sent along.</summary>
internal static class RequestBody
{
    private const int LargestDocument = 2 * 1024 * 1024;

    /// <summary>Receives an object or a part; the caller disposes it.</summary>
    /// <param name="otherwise">The checksum to compute where the client sends none.</param>
    /// <exception cref="AwsError">A digest is malformed or does not match, or the body is incomplete.</exception>
    public static async Task<StagedBody> ReceiveAsync(S3Call call, string stagingFolder, ChecksumAlgorithm? otherwise = null)
    {
        var payloadHash = call.Header("x-amz-content-sha256") ?? "";
        var isChunked = payloadHash.StartsWith("STREAMING-", StringComparison.Ordinal)
            || call.Header("x-amz-decoded-content-length") is not null;
        if (call.Request.Headers.TransferEncoding.Count > 0 && !isChunked)
        {
            throw new AwsError(501, "NotImplemented", "A header you provided implies functionality that is not implemented: Transfer-Encoding");
        }

        if (call.Request.ContentLength is null && !isChunked)
        {
            throw new AwsError(411, "MissingContentLength", "You must provide the Content-Length HTTP header.");
        }

        var md5 = ContentMd5(call);
        var isSigned = payloadHash.Length == 64;
        using var chunked = isChunked ? new AwsChunkedStream(call.Request.Body, call.Context.Features.Get<ChunkSignatures>()) : null;
        var body = await StagedBody.ReceiveAsync(
            stagingFolder, (Stream?)chunked ?? call.Request.Body, (SentChecksum(call) ?? otherwise) is { } checksum ? [checksum] : [], isSigned, call.Aborted);
        try
        {
            Verify(call, body, md5, isSigned ? payloadHash : null, chunked?.Trailers ?? []);
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <summary>The checksum that comes with a body, as a header or a trailer; null without one.</summary>
    /// <exception cref="AwsError">There are several.</exception>
    public static ChecksumAlgorithm? SentChecksum(S3Call call)
    {
        var trailers = (call.Header("x-amz-trailer") ?? "").Split(',', StringSplitOptions.TrimEntries);
        var sent = ChecksumAlgorithm.All.Where(algorithm =>
            call.Sent(algorithm.Header) is not null || trailers.Contains(algorithm.Header, StringComparer.OrdinalIgnoreCase)).ToList();
        return sent.Count <= 1
            ? sent.SingleOrDefault()
            : throw S3Errors.InvalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
    }

    /// <summary>Holds the bytes of a body against the hash that was signed.</summary>
    /// <param name="signed">In hexadecimal digits.</param>
    /// <exception cref="AwsError">They are others.</exception>
    public static void CheckHash(string signed, byte[] sha256)
    {
        if (!signed.Equals(Convert.ToHexString(sha256), StringComparison.OrdinalIgnoreCase))
        {
            throw new AwsError(400, "XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed.");
        }
    }

    /// <summary>Receives a small document.</summary>
    public static async Task<string> ReadTextAsync(S3Call call, string stagingFolder)
    {
        using var body = await ReceiveAsync(call, stagingFolder);
        return body.Size <= LargestDocument
            ? await File.ReadAllTextAsync(body.Path, call.Aborted)
            : throw new AwsError(400, "MaxMessageLengthExceeded", "Your request was too big.");
    }

    /// <summary>Receives the document of an operation, which has to have the shape that the service model says.</summary>
    public static async Task<XElement> ReadDocumentAsync(S3Call call, string stagingFolder)
    {
        var document = await ReadXmlAsync(call, stagingFolder);
        DocumentCheck.Check(call.Operation, document);
        return document;
    }

    /// <summary>Receives a small XML document.</summary>
    public static async Task<XElement> ReadXmlAsync(S3Call call, string stagingFolder)
    {
        try
        {
            return XElement.Parse(await ReadTextAsync(call, stagingFolder), LoadOptions.PreserveWhitespace);
        }
        catch (XmlException)
        {
            throw S3Errors.MalformedXml();
        }
    }

    private static byte[]? ContentMd5(S3Call call)
    {
        if (call.Sent("Content-MD5") is not { } text)
        {
            return null;
        }

        var md5 = new byte[16];
        return Convert.TryFromBase64String(text, md5, out var length) && length == md5.Length
            ? md5
            : throw new AwsError(400, "InvalidDigest", "The Content-MD5 you specified is not valid.");
    }

    private static void Verify(S3Call call, StagedBody body, byte[]? md5, string? sha256, Dictionary<string, string> trailers)
    {
        if (call.Header("x-amz-decoded-content-length") is { } length && length != body.Size.ToString(CultureInfo.InvariantCulture))
        {
            throw new AwsError(400, "IncompleteBody", "You did not provide the number of bytes specified by the x-amz-decoded-content-length HTTP header.");
        }

        if (md5 is not null && !md5.AsSpan().SequenceEqual(body.Md5))
        {
            throw S3Errors.BadDigest("Content-MD5");
        }

        if (sha256 is not null)
        {
            CheckHash(sha256, body.Sha256!);
        }

        foreach (var (name, value) in body.Checksums)
        {
            var header = ChecksumAlgorithm.Named(name)!.Header;
            if ((call.Sent(header) ?? trailers.GetValueOrDefault(header)) is { } claimed && claimed != value)
            {
                throw IsChecksum(claimed, value.Length) ? S3Errors.BadDigest(name) : new AwsError(400, "InvalidRequest", $"Value for {header} header is invalid.");
            }
        }
    }

    private static bool IsChecksum(string claimed, int length) => claimed.Length == length && Convert.TryFromBase64String(claimed, new byte[length], out _);
}
