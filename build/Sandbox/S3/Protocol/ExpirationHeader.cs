using System.Globalization;
using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>What S3 says of the day when a lifecycle rule will remove the current version of an object.</summary>
internal static class ExpirationHeader
{
    public static void Write(HttpResponse response, BucketRecord bucket, VersionRecord current)
    {
        var due = LifecycleRule.From(bucket).Select(rule => (rule.Id, At: rule.ExpiryOf(current))).Where(rule => rule.At is not null).OrderBy(rule => rule.At).FirstOrDefault();
        if (due.At is { } at)
        {
            response.Headers["x-amz-expiration"] =
                $"expiry-date=\"{at.ToString("R", CultureInfo.InvariantCulture)}\", rule-id=\"{Uri.EscapeDataString(due.Id)}\"";
        }
    }
}
