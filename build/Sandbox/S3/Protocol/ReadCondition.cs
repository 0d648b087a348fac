using System.Globalization;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>What a read requires of the object, in HTTP's order of precedence.</summary>
internal sealed record ReadCondition(
    string? IfMatch, string? IfNoneMatch, DateTimeOffset? IfModifiedSince, DateTimeOffset? IfUnmodifiedSince, bool IsRead)
{
    public static ReadCondition ParseRead(S3Call call) => Parse(call, "", isRead: true);

    public static ReadCondition ParseCopySource(S3Call call) => Parse(call, "x-amz-copy-source-", isRead: false);

    /// <exception cref="AwsError">412, or 304 where a read has nothing new to give.</exception>
    public void Check(VersionRecord version)
    {
        // Headers carry whole seconds.
        var modified = DateTimeOffset.FromUnixTimeSeconds(version.LastModified.ToUnixTimeSeconds());
        if (IfMatch is not null ? !Matches(IfMatch, version) : modified > IfUnmodifiedSince)
        {
            throw S3Errors.PreconditionFailed(IfMatch is null ? "If-Unmodified-Since" : "If-Match");
        }

        if (IfNoneMatch is not null ? Matches(IfNoneMatch, version) : modified <= IfModifiedSince)
        {
            throw IsRead ? new AwsError(304, "NotModified", "Not Modified") : S3Errors.PreconditionFailed("If-None-Match");
        }
    }

    private static ReadCondition Parse(S3Call call, string prefix, bool isRead) => new(
        call.Header(prefix + "If-Match"),
        call.Header(prefix + "If-None-Match"),
        Time(call.Header(prefix + "If-Modified-Since")),
        Time(call.Header(prefix + "If-Unmodified-Since")),
        isRead);

    private static bool Matches(string tags, VersionRecord version) =>
        tags.Split(',').Select(tag => tag.Trim().Trim('"')).Any(tag => tag == "*" || tag == version.ETag);

    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
