using System.Globalization;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.S3.Storage;

/// <summary>S3's refusals that more than one place needs.</summary>
internal static class S3Errors
{
    public static AwsError NoSuchBucket(string bucket) => new(404, "NoSuchBucket", $"The specified bucket does not exist: {bucket}");

    public static AwsError NoSuchKey() => new(404, "NoSuchKey", "The specified key does not exist.");

    /// <param name="isNamed">Whether the request names the marker's version id.</param>
    public static AwsError DeleteMarker(VersionRecord marker, bool isNamed)
    {
        var headers = new Dictionary<string, string> { ["x-amz-delete-marker"] = "true", ["x-amz-version-id"] = marker.VersionId };
        return isNamed
            ? new(405, "MethodNotAllowed", "The specified method is not allowed against this resource.")
            {
                Headers = new Dictionary<string, string>(headers)
                {
                    ["Allow"] = "DELETE", ["Last-Modified"] = marker.LastModified.ToString("R", CultureInfo.InvariantCulture),
                },
            }
            : new(404, "NoSuchKey", "The specified key does not exist.") { Headers = headers };
    }

    public static AwsError NoSuchVersion() => new(404, "NoSuchVersion", "The specified version does not exist.");

    public static AwsError NoSuchUpload() =>
        new(404, "NoSuchUpload", "The specified multipart upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.");

    public static AwsError PreconditionFailed(string header) =>
        new(412, "PreconditionFailed", $"At least one of the pre-conditions you specified did not hold: {header}");

    public static AwsError AccessDenied() => new(403, "AccessDenied", "Access Denied");

    /// <summary>The sandbox's own refusal of what it does not emulate.</summary>
    public static AwsError NotImplemented(string what) => new(501, "NotImplemented", $"The sandbox does not emulate {what}.");

    public static AwsError InvalidArgument(string message) => new(400, "InvalidArgument", message);

    public static AwsError InvalidRequest(string message) => new(400, "InvalidRequest", message);

    public static AwsError MalformedXml() =>
        new(400, "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema");

    public static AwsError BadDigest(string name) => new(400, "BadDigest", $"The {name} you specified did not match the calculated checksum.");
}
