using System.Xml.Linq;
using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>The checksums of a multipart upload: of its parts, and of the object that they become.</summary>
internal static class UploadChecksum
{
    /// <summary>What the object gets. S3 adds no checksum of its own under a customer's key.</summary>
    public static ChecksumAlgorithm? Of(UploadRecord upload) =>
        Asked(upload) ?? (upload.Headers.CustomerKeyMd5 is null ? ChecksumAlgorithm.Default : null);

    /// <summary>The algorithm that the client began the upload with; null without one.</summary>
    public static ChecksumAlgorithm? Asked(UploadRecord upload) => upload.Checksum is null ? null : ChecksumAlgorithm.Named(upload.Checksum);

    public static bool IsComposite(UploadRecord upload) => upload.ChecksumType == ChecksumAlgorithm.Composite;

    /// <summary>Holds a part against its upload. An upload begun without an algorithm takes every checksum.</summary>
    /// <exception cref="Protocols.AwsError">InvalidRequest: the part comes with another checksum, or without the one that the object's is made from.</exception>
    public static void CheckPart(UploadRecord upload, ChecksumAlgorithm? sent)
    {
        if (Asked(upload) is { } asked && (sent is null ? IsComposite(upload) : sent != asked))
        {
            throw S3Errors.InvalidRequest(
                $"Checksum Type mismatch occurred, expected checksum Type: {Lower(asked)}, actual checksum Type: {(sent is null ? "null" : Lower(sent))}");
        }
    }

    /// <summary>Holds a completion against its upload.</summary>
    /// <param name="parts">As the client lists them.</param>
    /// <exception cref="Protocols.AwsError">InvalidRequest: another type, or a part without the checksum that the object's is made from.</exception>
    public static void CheckCompletion(S3Call call, UploadRecord upload, IEnumerable<XElement> parts)
    {
        if (call.Header("x-amz-checksum-type") is { } type && type != upload.ChecksumType)
        {
            throw S3Errors.InvalidRequest(
                $"The upload was created using the {upload.ChecksumType ?? "null"} checksum mode. The complete request must use the same checksum mode.");
        }

        if (IsComposite(upload) && Asked(upload) is { } asked && parts.FirstOrDefault(part => part.ChildText(asked.Element) is null) is { } part)
        {
            throw S3Errors.InvalidRequest(
                $"The upload was created using a {Lower(asked)} checksum. The complete request must include the checksum for each part. "
                + $"It was missing for part {part.ChildText("PartNumber")} in the request.");
        }
    }

    private static string Lower(ChecksumAlgorithm algorithm) => algorithm.Name.ToLowerInvariant();
}
