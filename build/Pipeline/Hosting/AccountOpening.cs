using Amazon.Runtime;
using BuildPipeline.Accounts;
using BuildPipeline.Aws;
using BuildPipeline.Cli;
using BuildPipeline.Tasks;
using BuildPipeline.Terraform;

namespace BuildPipeline.Hosting;

/// <summary>What has to be there before the services of a target exist: its account, with the state bucket.</summary>
public static class AccountOpening
{
    private static readonly string[] SessionTags = ["team", "environment"];

    /// <summary>Opens the account where the target needs it; closed for a target that works in none.</summary>
    /// <exception cref="PipelineException">The account cannot be opened.</exception>
    public static async Task<IAccount> OpenAsync(PipelineOptions options, SandboxProcess sandbox, CommandHints hints, CancellationToken cancellationToken)
    {
        if (options.DryRun || options.Offline || TargetRequirements.Find(options) is null)
        {
            return new ClosedAccount(options.Target);
        }

        var account = await Accounts.Account.OpenAsync(options.Environment, sandbox, Environment.GetEnvironmentVariable, cancellationToken);
        account = account.GitHubIdentity is { } identity ? await IdentifyAsync(identity, account, cancellationToken) : account;
        account = options.AssumeRole is { } role ? await AssumeAsync(role, account, options, cancellationToken) : account;
        await EnsureStateBucketAsync(account, options, cancellationToken);
        return account;
    }

    // Team and environment are those of the values that terraform gets, so the tags of the session are those of what it creates.
    private static async Task<IAccount> AssumeAsync(string arn, IAccount account, PipelineOptions options, CancellationToken cancellationToken)
    {
        var values = VariableValues.Read(TerraformEnvironment.Find(
            options.Environment, options.RepositoryRoot, options.ArtifactsFolder, options.VariableFiles, options.Variables, () => new Dictionary<string, string>(), options.JobFile));
        var tags = SessionTags.SelectMany(name => values.Text(name) is { Length: > 0 } value ? new[] { (name, value) } : []).ToDictionary(tag => tag.name, tag => tag.value);
        var role = new AssumedRole(new AwsClients(account, new NamedRegion(null)), arn, $"pipeline-{options.Environment}", tags);
        var session = new RoleSession(role, TimeProvider.System);
        await session.OpenAsync(cancellationToken);

        // The last session outlives the credentials that got it.
        return new AssumedRoleAccount(account, session, () => account.CredentialsEndAt is { } end && session.EndsAt is { } last ? (end > last ? end : last) : null);
    }

    private static async Task<IAccount> IdentifyAsync(GitHubIdentity identity, IAccount account, CancellationToken cancellationToken)
    {
        var anonymous = new AwsClients(new AssumedRoleAccount(account, new AnonymousAWSCredentials(), () => null), new NamedRegion(null));
        var session = new RoleSession(new GitHubRole(anonymous, identity, new HttpClient()), TimeProvider.System);
        await session.OpenAsync(cancellationToken);
        return new AssumedRoleAccount(account, session, () => null);
    }

    private static async Task EnsureStateBucketAsync(IAccount account, PipelineOptions options, CancellationToken cancellationToken)
    {
        var files = new EnvironmentFiles(options, account, ServiceCollectionExtensions.HintsFor(options, Environment.GetEnvironmentVariable));
        using var clients = new AwsClients(account, files);
        await new StateBucket(account, files, clients).EnsureExistsAsync(cancellationToken);
    }
}
