using BuildPipeline.Accounts;
using BuildPipeline.Aws;
using BuildPipeline.Cli;
using BuildPipeline.Journal;
using BuildPipeline.Tasks;
using BuildPipeline.Terraform;

namespace BuildPipeline.Hosting;

/// <summary>What has to be there before the services of a target exist: the lock of its run folder, and its account.</summary>
public sealed class OpenedEnvironment : IDisposable
{
    private static readonly string[] SessionTags = ["team", "environment"];

    private readonly RunLease? _folder;

    private OpenedEnvironment(IAccount account, RunLease? folder) => (Account, _folder) = (account, folder);

    /// <summary>The account; closed for a target that works in none.</summary>
    public IAccount Account { get; }

    /// <summary>Takes the lock, then opens the account, each where the target needs it.</summary>
    /// <exception cref="PipelineException">Another process works with the run folder (75), or the account cannot be opened.</exception>
    public static async Task<OpenedEnvironment> OpenAsync(PipelineOptions options, SandboxProcess sandbox, CommandHints hints, CancellationToken cancellationToken)
    {
        if (options.DryRun || options.Offline || TargetRequirements.Find(options.Target, options.All) is not { } use)
        {
            return new(new ClosedAccount(options.Target), folder: null);
        }

        var folder = use.Lease == LeaseRequirement.None ? null : RunLease.Take(
            Directory.CreateDirectory(new ArtifactsFolder(options.ArtifactsFolder).Runs).FullName, options.Environment, options.Target!, hints, TimeProvider.System.GetUtcNow());
        try
        {
            var account = await Accounts.Account.OpenAsync(options.Environment, sandbox, Environment.GetEnvironmentVariable, cancellationToken);
            account = options.AssumeRole is { } role ? await AssumeAsync(role, account, options, cancellationToken) : account;
            await EnsureStateBucketAsync(account, options, cancellationToken);
            return new(account, folder);
        }
        catch
        {
            folder?.Dispose();
            throw;
        }
    }

    /// <summary>Gives the lock back.</summary>
    public void Dispose() => _folder?.Dispose();

    // Team and environment are those of the values that terraform gets, so the tags of the session are those of what it creates.
    private static async Task<IAccount> AssumeAsync(string arn, IAccount account, PipelineOptions options, CancellationToken cancellationToken)
    {
        var values = VariableValues.Read(TerraformEnvironment.Find(
            options.Environment, options.RepositoryRoot, options.ArtifactsFolder, options.VariableFiles, options.Variables, new Dictionary<string, string>()));
        var tags = SessionTags.SelectMany(name => values.Text(name) is { Length: > 0 } value ? new[] { (name, value) } : []).ToDictionary(tag => tag.name, tag => tag.value);
        var role = new AssumedRole(arn, $"pipeline-{options.Environment}", tags);
        var session = new RoleSession(new AwsClients(account, new NamedRegion(null)), role, TimeProvider.System);
        await session.OpenAsync(cancellationToken);
        return new AssumedRoleAccount(account, session);
    }

    private static async Task EnsureStateBucketAsync(IAccount account, PipelineOptions options, CancellationToken cancellationToken)
    {
        var files = new EnvironmentFiles(options, account, ServiceCollectionExtensions.HintsFor(options, Environment.GetEnvironmentVariable));
        using var clients = new AwsClients(account, files);
        await new StateBucket(account, files, clients).EnsureExistsAsync(cancellationToken);
    }
}
