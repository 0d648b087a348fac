namespace BuildPipeline.Kernel;

/// <summary>Times as the SDK gives them.</summary>
public static class SdkTime
{
    /// <summary>The moment of a time that is UTC even where it does not say so.</summary>
    public static DateTimeOffset? ToUtc(DateTime? time) => time switch
    {
        null => null,
        { Kind: DateTimeKind.Local } local => local.ToUniversalTime(),
        { } utc => DateTime.SpecifyKind(utc, DateTimeKind.Utc),
    };
}
