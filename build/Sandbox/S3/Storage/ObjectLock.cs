using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.S3.Storage;

/// <summary>What keeps a version from being deleted.</summary>
/// <param name="Mode">GOVERNANCE or COMPLIANCE, where there is a retention period.</param>
/// <param name="RetainUntil">The end of that period.</param>
/// <param name="LegalHold">ON or OFF; null if it was never set.</param>
internal sealed record ObjectLock(string? Mode = null, DateTimeOffset? RetainUntil = null, string? LegalHold = null)
{
    public const string Governance = "GOVERNANCE";

    /// <exception cref="AwsError">AccessDenied: the version must stay.</exception>
    /// <param name="bypasses">Whether the request asks to bypass governance.</param>
    public void CheckDeletion(DateTimeOffset now, bool bypasses)
    {
        if (Protects(now, bypasses))
        {
            throw Protected();
        }
    }

    /// <summary>True where the version must stay.</summary>
    public bool Protects(DateTimeOffset now, bool bypasses = false) => LegalHold == "ON" || IsRetained(now, bypasses);

    /// <summary>The lock with another retention period; an empty one ends it.</summary>
    /// <exception cref="AwsError">AccessDenied: the period in force may only be extended.</exception>
    public ObjectLock WithRetention(string? mode, DateTimeOffset? until, DateTimeOffset now, bool bypasses)
    {
        var isExtension = until >= RetainUntil && mode == Mode;
        return IsRetained(now, bypasses) && !isExtension ? throw Protected() : this with { Mode = mode, RetainUntil = until };
    }

    private bool IsRetained(DateTimeOffset now, bool bypasses) => RetainUntil > now && !(Mode == Governance && bypasses);

    private static AwsError Protected() => new(403, "AccessDenied", "Access Denied because object protected by object lock.");
}

/// <summary>The Object Lock configuration of a bucket.</summary>
/// <param name="Mode">The default retention's mode; null if new objects get none.</param>
/// <param name="Days">Its length, where it is in days.</param>
/// <param name="Years">Its length, where it is in years.</param>
internal sealed record BucketLock(string? Mode, int? Days, int? Years)
{
    /// <returns>Null if the bucket has no Object Lock.</returns>
    public static BucketLock? From(BucketRecord bucket)
    {
        if (bucket.Document("object-lock") is not { } document)
        {
            return null;
        }

        var retention = document.Child("Rule")?.Child("DefaultRetention");
        return new BucketLock(retention?.ChildText("Mode"), retention?.ChildNumber("Days"), retention?.ChildNumber("Years"));
    }

    /// <summary>The lock of a new version whose writer names no retention.</summary>
    public ObjectLock? Default(ObjectLock? asked, DateTimeOffset now) => Mode is null || asked?.Mode is not null
        ? asked
        : (asked ?? new ObjectLock()) with { Mode = Mode, RetainUntil = Days is { } days ? now.AddDays(days) : now.AddYears(Years!.Value) };
}
