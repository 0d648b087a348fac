using System.Text.RegularExpressions;
using BuildPipeline.Aws;
using BuildPipeline.Cli;
using BuildPipeline.Runs;
using BuildPipeline.Terraform;

namespace BuildPipeline.Tasks;

/// <summary>The environment that the options name: the sandbox, started on demand, or a real account.</summary>
public sealed partial class EnvironmentAccess(PipelineOptions options, SandboxProcess sandbox, RunSession session)
{
    private SandboxEndpoint? _opened;

    // Read once: a launch that runs for days must find its lease whatever happens to the files meanwhile.
    private string? _backend;

    // A sandbox that was restarted meanwhile has another address.
    private SandboxEndpoint? Endpoint => _opened is null ? null : sandbox.LastKnown() ?? _opened;

    /// <summary>Starts the sandbox where it is the environment; does nothing else.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (options.IsSandbox)
        {
            _opened = await sandbox.EnsureStartedAsync(cancellationToken);
            await new BucketContents(new AwsClients(Connection)).EnsureExistsAsync(StateBucket, cancellationToken);
        }
    }

    /// <summary>Where AWS is; the region is the job's, before a plan the one that AWS's own tools would take.</summary>
    public AwsConnection Connection
    {
        get
        {
            var endpoint = Endpoint;
            return new(
                session.Current?.Job?.Region
                    ?? endpoint?.Region
                    ?? Environment.GetEnvironmentVariable("AWS_REGION")
                    ?? Environment.GetEnvironmentVariable("AWS_DEFAULT_REGION")
                    ?? "us-east-1",
                endpoint?.Url);
        }
    }

    /// <summary>The bucket of the Terraform state, as the backend's file names it.</summary>
    /// <exception cref="PipelineException">The file names none (exit code 2).</exception>
    public string StateBucket => BackendSetting("bucket")
        ?? throw new PipelineException(TerraformErrors.IncompleteBackend, $"{Found.BackendFile} has no bucket. Add bucket = \"NAME\".");

    /// <summary>Key of the Terraform state in that bucket.</summary>
    /// <exception cref="PipelineException">The file names none (exit code 2).</exception>
    public string StateKey => BackendSetting("key")
        ?? throw new PipelineException(TerraformErrors.IncompleteBackend, $"{Found.BackendFile} has no key. Add key = \"PATH/terraform.tfstate\".");

    /// <summary>Where the bucket of the Terraform state is, which may be another region than the job's.</summary>
    public AwsConnection StateConnection => BackendSetting("region") is { } region ? Connection with { Region = region } : Connection;

    /// <summary>Clients of a region.</summary>
    public IAwsClients ClientsIn(string region) => new AwsClients(() => Connection with { Region = region });

    /// <summary>What terraform runs with.</summary>
    /// <exception cref="PipelineException">A file is missing, or terraform must not run as things are (exit code 2).</exception>
    public TerraformEnvironment Terraform
    {
        get
        {
            var found = Found;
            found.RequireUsable();
            return found;
        }
    }

    // Targets that do not run terraform, Stop above all, work with stray files too.
    private TerraformEnvironment Found => TerraformEnvironment.Find(
        options.Environment, options.RepositoryRoot, options.ArtifactsFolder, options.VariableFiles, options.Variables, Endpoint);

    private string? BackendSetting(string name) => SettingPattern().Matches(_backend ??= File.ReadAllText(Found.BackendFile))
        .FirstOrDefault(match => match.Groups[1].Value == name)?.Groups[2].Value;

    [GeneratedRegex("(?m)^\\s*(\\w+)\\s*=\\s*\"([^\"]+)\"")]
    private static partial Regex SettingPattern();
}
