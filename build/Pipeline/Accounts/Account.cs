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
    public static async Task<IAccount> OpenAsync(
        string environment, SandboxProcess sandbox, Func<string, string?> variable, CancellationToken cancellationToken) =>
        environment == SandboxAccount.EnvironmentName ? await SandboxAccount.OpenAsync(sandbox, cancellationToken) : new AwsAccount(variable);
}
