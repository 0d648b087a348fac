using BuildPipeline.Sandbox.Identity;

namespace BuildPipeline.Sandbox.Programs;

/// <summary>Environment variables that keep a program inside the sandbox.</summary>
internal static class ProgramVariables
{
    /// <summary>Folders of its own, in place of those of the user who started the sandbox.</summary>
    /// <param name="home">Its home folder.</param>
    /// <param name="temporary">Its folder for temporary files.</param>
    public static Dictionary<string, string> Folders(string home, string temporary) => new()
    {
        ["HOME"] = home,
        ["USERPROFILE"] = home,
        ["APPDATA"] = Path.Combine(home, "AppData", "Roaming"),
        ["LOCALAPPDATA"] = Path.Combine(home, "AppData", "Local"),
        ["XDG_CONFIG_HOME"] = Path.Combine(home, ".config"),
        ["XDG_CACHE_HOME"] = Path.Combine(home, ".cache"),
        ["XDG_DATA_HOME"] = Path.Combine(home, ".local", "share"),
        ["XDG_STATE_HOME"] = Path.Combine(home, ".local", "state"),
        ["TMPDIR"] = temporary,
        ["TEMP"] = temporary,
        ["TMP"] = temporary,
    };

    /// <summary>An AWS client reaches the sandbox, and has the credentials of a role and no others.</summary>
    /// <param name="endpoint">Where the sandbox listens.</param>
    /// <param name="credentials">Of the role.</param>
    public static Dictionary<string, string> Aws(string home, Uri endpoint, string region, SessionCredentials credentials) => new()
    {
        ["AWS_ENDPOINT_URL"] = endpoint.ToString().TrimEnd('/'),
        ["AWS_REGION"] = region,
        ["AWS_DEFAULT_REGION"] = region,
        ["AWS_CONFIG_FILE"] = Path.Combine(home, ".aws", "config"),
        ["AWS_SHARED_CREDENTIALS_FILE"] = Path.Combine(home, ".aws", "credentials"),
        ["AWS_EC2_METADATA_DISABLED"] = "true",
        ["AWS_ACCESS_KEY_ID"] = credentials.AccessKeyId,
        ["AWS_SECRET_ACCESS_KEY"] = credentials.Secret,
        ["AWS_SESSION_TOKEN"] = credentials.Token,
    };
}
