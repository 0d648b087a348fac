namespace BuildPipeline.Sandbox.Identity;

/// <summary>How long sessions last at most, whatever is asked for: less than STS's shortest, for clients that have to renew theirs.</summary>
/// <param name="LongestSeconds">Null is no limit.</param>
internal sealed record SessionLimit(int? LongestSeconds)
{
    /// <exception cref="FormatException">It is not positive.</exception>
    public SessionLimit Checked() => LongestSeconds is <= 0 ? throw new FormatException($"longest_seconds is {LongestSeconds}, and has to be positive.") : this;
}
