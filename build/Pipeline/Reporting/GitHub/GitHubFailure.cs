using System.Globalization;
using System.Net;
using Octokit;

namespace BuildPipeline.Reporting.GitHub;

/// <summary>What a failed request to GitHub calls for.</summary>
public enum GitHubReaction
{
    /// <summary>To be tried again after a pause.</summary>
    Retry,

    /// <summary>GitHub, or this token, is no use now: what is missing is posted later.</summary>
    Later,

    /// <summary>This token may not do it, or GitHub does not take it: it will never be otherwise.</summary>
    Never,
}

/// <summary>Judges failures of requests to GitHub.</summary>
/// <param name="Reaction">What it calls for.</param>
/// <param name="Pause">Before the next try; zero where there is none.</param>
public sealed record GitHubFailure(GitHubReaction Reaction, TimeSpan Pause)
{
    // GitHub: without another word, wait for at least a minute.
    private static readonly TimeSpan SecondaryLimit = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan ServerError = TimeSpan.FromSeconds(1);

    /// <summary>Judges one.</summary>
    /// <param name="exception">What a request has thrown.</param>
    /// <param name="now">The time.</param>
    /// <param name="tries">How often it was tried, this time included.</param>
    public static GitHubFailure Judge(Exception exception, DateTimeOffset now, int tries) => exception switch
    {
        RateLimitExceededException limit => Retry(Max(limit.Reset - now, ServerError)),
        AuthorizationException => new(GitHubReaction.Later, TimeSpan.Zero),
        ApiException { StatusCode: HttpStatusCode.Forbidden or HttpStatusCode.TooManyRequests } refusal when RetryAfter(refusal, now) is { } pause => Retry(pause),
        SecondaryRateLimitExceededException or AbuseException => Retry(SecondaryLimit),
        ApiException { StatusCode: >= HttpStatusCode.InternalServerError } => Retry(ServerError * tries),
        ApiException => new(GitHubReaction.Never, TimeSpan.Zero),
        HttpRequestException => Retry(ServerError * tries),
        _ => new(GitHubReaction.Later, TimeSpan.Zero),
    };

    private static GitHubFailure Retry(TimeSpan pause) => new(GitHubReaction.Retry, pause);

    private static TimeSpan? RetryAfter(ApiException refusal, DateTimeOffset now)
    {
        string? Header(string name) => refusal.HttpResponse?.Headers.FirstOrDefault(header => string.Equals(header.Key, name, StringComparison.OrdinalIgnoreCase)).Value;
        return long.TryParse(Header("Retry-After"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds)
            : Header("x-ratelimit-remaining") == "0" && long.TryParse(Header("x-ratelimit-reset"), NumberStyles.None, CultureInfo.InvariantCulture, out var reset)
                ? Max(DateTimeOffset.FromUnixTimeSeconds(reset) - now, ServerError)
            : null;
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
