using System.Globalization;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>The period in which a presigned URL is good. The signature itself is not verified.</summary>
internal static class PresignedUrl
{
    private const int MostSeconds = 7 * 24 * 60 * 60;

    /// <exception cref="AwsError">AccessDenied: the URL has expired; AuthorizationQueryParametersError: it says no valid period.</exception>
    public static void Check(S3Call call, DateTimeOffset now)
    {
        if (!call.IsPresigned)
        {
            return;
        }

        var isDate = DateTimeOffset.TryParseExact(
            call.Query("X-Amz-Date"), "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var signed);
        if (!isDate || !int.TryParse(call.Query("X-Amz-Expires"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds))
        {
            throw Invalid("Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, "
                + "X-Amz-SignedHeaders, and X-Amz-Expires parameters.");
        }

        if (seconds is < 0 or > MostSeconds)
        {
            throw Invalid($"X-Amz-Expires must be from 0 to {MostSeconds} seconds, which is a week.");
        }

        if (now > signed.AddSeconds(seconds))
        {
            throw new AwsError(403, "AccessDenied", "Request has expired");
        }
    }

    private static AwsError Invalid(string message) => new(400, "AuthorizationQueryParametersError", message);
}
