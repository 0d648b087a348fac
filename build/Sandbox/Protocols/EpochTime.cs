namespace BuildPipeline.Sandbox.Protocols;

/// <summary>Timestamps as AWS JSON writes them: seconds since 1970 with milliseconds.</summary>
internal static class EpochTime
{
    public static double ToEpochSeconds(this DateTimeOffset time) => time.ToUnixTimeMilliseconds() / 1000.0;

    public static DateTimeOffset FromEpochSeconds(double seconds) => DateTimeOffset.UnixEpoch.AddSeconds(seconds);
}
