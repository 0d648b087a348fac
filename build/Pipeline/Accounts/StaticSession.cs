using System.Globalization;

namespace BuildPipeline.Accounts;

/// <summary>Credentials of a session in environment variables: nothing renews them.</summary>
internal static class StaticSession
{
    /// <summary>When they end; null where there are none, or whoever set them did not say.</summary>
    /// <param name="variable">Reads an environment variable.</param>
    public static DateTimeOffset? EndsAt(Func<string, string?> variable) =>
        variable("AWS_ACCESS_KEY_ID") is { Length: > 0 } && variable("AWS_SESSION_TOKEN") is { Length: > 0 }
        && DateTimeOffset.TryParse(variable("AWS_CREDENTIAL_EXPIRATION"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end)
            ? end
            : null;
}
