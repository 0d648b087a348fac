using System.Globalization;
using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>Object Lock in the headers of a write and a read.</summary>
internal static class LockHeaders
{
    private const string Mode = "x-amz-object-lock-mode";
    private const string Until = "x-amz-object-lock-retain-until-date";
    private const string Hold = "x-amz-object-lock-legal-hold";

    /// <returns>Null if the writer asks for none.</returns>
    public static ObjectLock? Read(S3Call call)
    {
        var (mode, until, hold) = (call.Header(Mode), call.Header(Until), call.Header(Hold));
        if (mode is null != until is null)
        {
            throw S3Errors.InvalidArgument($"{Until} and {Mode} must both be supplied");
        }

        return mode is null && hold is null ? null : new ObjectLock(mode, until is null ? null : Time(until), hold);
    }

    /// <exception cref="Protocols.AwsError">InvalidRequest: the bucket has no Object Lock; InvalidArgument: the date is past.</exception>
    public static void Check(ObjectLock? asked, BucketRecord bucket, DateTimeOffset now)
    {
        if (asked is not null && BucketLock.From(bucket) is null)
        {
            throw S3Errors.InvalidRequest("Bucket is missing Object Lock Configuration");
        }

        if (asked?.RetainUntil <= now)
        {
            throw S3Errors.InvalidArgument("The retain until date must be in the future!");
        }
    }

    public static void Write(HttpResponse response, ObjectLock? held)
    {
        response.Headers[Mode] = held?.Mode;
        response.Headers[Until] = held?.RetainUntil is { } until ? S3Call.Time(until) : null;
        response.Headers[Hold] = held?.LegalHold;
    }

    /// <exception cref="Protocols.AwsError">InvalidArgument.</exception>
    public static DateTimeOffset Time(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw S3Errors.InvalidArgument("The retain until date must be provided in ISO 8601 format");
}
