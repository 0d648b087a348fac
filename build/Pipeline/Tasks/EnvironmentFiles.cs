using System.Text.RegularExpressions;
using BuildPipeline.Accounts;
using BuildPipeline.Aws;
using BuildPipeline.Cli;
using BuildPipeline.Runs;
using BuildPipeline.Terminal;
using BuildPipeline.Terraform;
using Spectre.Console;

namespace BuildPipeline.Tasks;

/// <summary>The files of the environment that the options name: what terraform runs with, and where its state is.</summary>
public sealed partial class EnvironmentFiles(PipelineOptions options, IAccount account, CommandHints hints, RunSession? session = null) : IBucket, IRegion
{
    // Read once: a launch that runs for days must find its lease whatever happens to the files meanwhile.
    private string? _backend;

    /// <summary>The bucket of the Terraform state, as the backend's file names it.</summary>
    /// <exception cref="PipelineException">The file names none (exit code 2).</exception>
    public string StateBucket => BackendSetting("bucket")
        ?? throw new PipelineException(TerraformErrors.IncompleteBackend, $"{Found.BackendFile} has no bucket. Add bucket = \"NAME\".");

    /// <summary>Key of the Terraform state in that bucket.</summary>
    /// <exception cref="PipelineException">The file names none (exit code 2).</exception>
    public string StateKey => BackendSetting("key")
        ?? throw new PipelineException(TerraformErrors.IncompleteBackend, $"{Found.BackendFile} has no key. Add key = \"PATH/terraform.tfstate\".");

    /// <summary>Region of that bucket, which may be another one than the job's; null if the file names none.</summary>
    public string? StateRegion => BackendSetting("region");

    /// <summary>What the names of the environment's resources start with; null if its variable files cannot be read.</summary>
    public string? ResourcePrefix => Values()?.Text("name_prefix") is { } prefix ? $"{prefix}-{options.Environment}" : null;

    /// <summary>True if the environment has a keeper.</summary>
    public bool HasKeeper => Values()?.Map("keeper") is not null;

    /// <summary>The team that pays, by the variable files; null if they cannot be read.</summary>
    public string? Team
    {
        get
        {
            try
            {
                return VariableValues.Read(Found).Text("team");
            }
            catch (PipelineException)
            {
                return null;
            }
        }
    }

    /// <summary>Warns of a <c>--team</c> that the variable files do not have: mistyped, it would freeze or stop nothing, and say so as a success.</summary>
    public void WarnOfUnknownTeam(IAnsiConsole console)
    {
        if (options.Team is { } team && Teams() is { Count: > 0 } known && !known.Contains(team))
        {
            console.Warn($"The variable files of environment {options.Environment} have no team {team}, only {string.Join(", ", known)}. Check the name.");
        }
    }

    /// <summary>Refuses a job that has no file.</summary>
    /// <exception cref="PipelineException">It has none (exit code 2).</exception>
    public void RequireJobFile() => Find(options.JobFile).RequireJobFile();

    string IBucket.Name => StateBucket;

    string? IRegion.Name => StateRegion;

    /// <summary>What terraform runs with.</summary>
    /// <exception cref="PipelineException">A file is missing, or terraform must not run as things are (exit code 2).</exception>
    public TerraformEnvironment Terraform
    {
        get
        {
            var found = Found;
            found.RequireUsable(hints);
            return found;
        }
    }

    // A run keeps its job. Targets that do not run terraform, Stop above all, work with stray files and without the job's file too.
    private TerraformEnvironment Found => Find(session?.Current is { } run ? run.JobFile : options.JobFile);

    private TerraformEnvironment Find(string? job) => TerraformEnvironment.Find(
        options.Environment, options.RepositoryRoot, options.ArtifactsFolder, options.VariableFiles, options.Variables, () => account.TerraformVariables, job);

    // None if the files cannot be read: a freeze does not need them.
    private IReadOnlyList<string> Teams() => Values() is { } values
        ? [.. (values.Map("teams")?.Select(limits => limits.Key) ?? []).Append(values.Text("team")).OfType<string>().Distinct()]
        : [];

    private VariableValues? Values()
    {
        try
        {
            return VariableValues.Read(Found);
        }
        catch (PipelineException)
        {
            return null;
        }
    }

    private string? BackendSetting(string name) => SettingPattern().Matches(_backend ??= File.ReadAllText(Found.BackendFile))
        .FirstOrDefault(match => match.Groups[1].Value == name)?.Groups[2].Value;

    [GeneratedRegex("(?m)^\\s*(\\w+)\\s*=\\s*\"([^\"]+)\"")]
    private static partial Regex SettingPattern();
}
