using System.Text.Json.Serialization;

namespace BuildPipeline.Sandbox.S3.Storage;

/// <summary>One version of one key as the state folder keeps it.</summary>
/// <param name="Sequence">Grows with every write of the bucket: the greatest is the newest.</param>
/// <param name="DataName">File name of the bytes, next to the record; null for a delete marker.</param>
internal sealed record VersionRecord(
    string Key, string VersionId, long Sequence, string? DataName, long Size, string ETag, DateTimeOffset LastModified)
{
    /// <summary>The version id of what is written while a bucket is not versioned.</summary>
    public const string NullVersion = "null";

    public ObjectHeaders Headers { get; init; } = new();

    /// <summary>The parts that the object came in; null if it came in one piece.</summary>
    public IReadOnlyList<ObjectPart>? Parts { get; init; }

    /// <summary>Whether checksums are over the whole object or over its parts' checksums.</summary>
    public string? ChecksumType { get; init; }

    /// <summary>The multipart upload that made it: a repeated completion finds its result by it.</summary>
    public string? UploadId { get; init; }

    [JsonIgnore]
    public bool IsDeleteMarker => DataName is null;
}

/// <summary>A part of an object.</summary>
/// <param name="Number">As the client numbered it.</param>
/// <param name="Checksums">Base64 values by algorithm name.</param>
internal sealed record ObjectPart(int Number, long Size, IReadOnlyDictionary<string, string> Checksums);

/// <summary>An object about to be written.</summary>
internal sealed record ObjectDraft(
    string Key, string ETag, ObjectHeaders Headers, IReadOnlyList<ObjectPart>? Parts = null, string? ChecksumType = null, string? UploadId = null);

/// <summary>What a conditional write requires of the newest version.</summary>
/// <param name="IfMatch">The ETag that it must have, without quotes.</param>
/// <param name="IfAbsent">True if there must be none.</param>
internal sealed record WriteCondition(string? IfMatch, bool IfAbsent)
{
    public static WriteCondition None { get; } = new(null, false);

    /// <exception cref="Protocols.AwsError">The condition does not hold.</exception>
    public void Check(VersionRecord? newest)
    {
        var present = newest is { IsDeleteMarker: false };
        if (IfAbsent && present)
        {
            throw S3Errors.PreconditionFailed("If-None-Match");
        }

        if (IfMatch is not null && !present)
        {
            throw S3Errors.NoSuchKey();
        }

        if (IfMatch is not null && IfMatch != "*" && IfMatch != newest!.ETag)
        {
            throw S3Errors.PreconditionFailed("If-Match");
        }
    }
}

/// <summary>What a deletion did.</summary>
/// <param name="VersionId">The version removed or the delete marker made; null in a bucket without versions.</param>
/// <param name="IsMarker">Whether that version is a delete marker.</param>
internal sealed record DeleteOutcome(string? VersionId, bool IsMarker);
