using Amazon.Runtime;

namespace BuildPipeline.Accounts;

/// <summary>Opens the account of an environment.</summary>
public static class Account
{
    /// <summary>Starts the sandbox where it is the environment; otherwise reads what names an account of AWS.</summary>
    /// <param name="environment">Name of the environment.</param>
    /// <param name="sandbox">The sandbox of this call.</param>
    /// <param name="variable">Reads an environment variable.</param>
    /// <param name="cancellationToken">Cancels the wait for the sandbox.</param>
    /// <exception cref="PipelineException">The sandbox did not start; the message says where its log is.</exception>
    public static async Task<IAccount> OpenAsync(string environment, SandboxProcess sandbox, Func<string, string?> variable, CancellationToken cancellationToken)
    {
        if (environment != SandboxAccount.EnvironmentName)
        {
            return new AwsAccount(variable);
        }

        var account = await SandboxAccount.OpenAsync(sandbox, variable, cancellationToken);
        return SessionAt(account.EndpointOf("STS"), variable) is { } session ? new AssumedRoleAccount(account, session, () => StaticSession.EndsAt(variable)) : account;
    }

    // A program that the sandbox runs has a session of a role, and the address that it is for. Credentials for any other address stay out.
    private static SessionAWSCredentials? SessionAt(string? endpoint, Func<string, string?> variable) =>
        variable("AWS_ENDPOINT_URL")?.TrimEnd('/') == endpoint?.TrimEnd('/')
        && (variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"), variable("AWS_SESSION_TOKEN")) is ({ Length: > 0 } key, { Length: > 0 } secret, { Length: > 0 } token)
            ? new SessionAWSCredentials(key, secret, token)
            : null;
}
