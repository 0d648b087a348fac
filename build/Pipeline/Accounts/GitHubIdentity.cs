namespace BuildPipeline.Accounts;

/// <summary>The identity that GitHub gives a workflow job, and the role that it is for.</summary>
/// <param name="TokenAddress">Where tokens of the identity are asked for.</param>
/// <param name="RequestToken">Authorizes that; never shown.</param>
/// <param name="RoleArn">The role.</param>
/// <param name="SessionName">Name of the role's sessions, by which CloudTrail shows them.</param>
public sealed record GitHubIdentity(Uri TokenAddress, string RequestToken, string RoleArn, string SessionName)
{
    private const string Audience = "sts.amazonaws.com";

    /// <summary>The identity of a job with <c>id-token: write</c> whose <c>AWS_ROLE_ARN</c> names a role; null where other credentials are set, which AWS's own tools would take.</summary>
    /// <param name="variable">Reads an environment variable.</param>
    public static GitHubIdentity? From(Func<string, string?> variable)
    {
        string? Value(string name) => variable(name) is { Length: > 0 } value ? value : null;
        return Value("AWS_ACCESS_KEY_ID") is null && Value("AWS_WEB_IDENTITY_TOKEN_FILE") is null
            && (Value("AWS_ROLE_ARN"), Value("ACTIONS_ID_TOKEN_REQUEST_URL"), Value("ACTIONS_ID_TOKEN_REQUEST_TOKEN")) is ({ } role, { } address, { } token)
                ? new(new Uri($"{address}&audience={Audience}"), token, role, Value("AWS_ROLE_SESSION_NAME") ?? $"github-{Value("GITHUB_RUN_ID") ?? "job"}")
                : null;
    }

    /// <summary>Without the token.</summary>
    public override string ToString() => $"GitHub's identity for {RoleArn}";
}
