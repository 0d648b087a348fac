using System.Text;

namespace BuildPipeline.Terraform;

/// <summary>What terraform runs with: files of the environment, variables, process environment.</summary>
public sealed record TerraformEnvironment
{
    /// <summary>Folder of the files of jobs, in <c>infra</c>.</summary>
    public const string JobsFolder = "jobs";

    /// <summary>Name of the environment.</summary>
    public required string Name { get; init; }

    /// <summary>Name of the job; null is the job of the environment's own file.</summary>
    public string? Job { get; init; }

    /// <summary>Absolute path of <c>infra</c>.</summary>
    public required string ModuleFolder { get; init; }

    /// <summary>Absolute path of terraform's own data folder, one an environment, so backends do not mix.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Absolute path of the copy of <c>infra</c> that terraform runs in.</summary>
    public string WorkingFolder => Path.Combine(DataFolder, "configuration");

    /// <summary>Absolute path of the lock file with the provider versions that this environment uses; there is none where a provider is attached.</summary>
    public string LockFile => Path.Combine(WorkingFolder, Terraform.WorkingFolder.LockFile);

    /// <summary>Absolute paths of the variable files, in order; later ones win.</summary>
    public required IReadOnlyList<string> VariableFiles { get; init; }

    /// <summary>Single variables, <c>NAME=VALUE</c>; they win over files.</summary>
    public required IReadOnlyList<string> Variables { get; init; }

    /// <summary>Gives the environment variables that terraform needs to work in the account, for each process anew: credentials in them end.</summary>
    public required Func<IReadOnlyDictionary<string, string>> AccountVariables { get; init; }

    /// <summary>Absolute path of the backend's configuration.</summary>
    public string BackendFile => Path.Combine(ModuleFolder, "environments", $"{Name}.s3.tfbackend");

    /// <summary>True for an environment variable that terraform must not see: it would change a run without a trace in its record.</summary>
    public static bool IsCleared(string name) =>
        name == "TF_WORKSPACE" || name.StartsWith("TF_CLI_ARGS", StringComparison.Ordinal) || name.StartsWith("TF_VAR_", StringComparison.Ordinal);

    /// <summary>Absolute path of the module in a repository.</summary>
    public static string ModuleOf(string repositoryRoot) => Path.Combine(repositoryRoot, "infra");

    /// <summary>The variables as terraform's arguments; a variable that is set to null gets a file. The pipeline submits the job, whatever a file says.</summary>
    public IReadOnlyList<string> WriteVariables() =>
        [.. VariableFiles.Select(file => $"-var-file={file}"), .. Variables.Select(variable => NullFileOf(variable) ?? $"-var={variable}"), $"-var={TerraformVariables.Submitter}=pipeline"];

    /// <summary>Environment variables of the terraform process.</summary>
    public Dictionary<string, string> ProcessEnvironment() => new(AccountVariables())
    {
        ["TF_DATA_DIR"] = DataFolder,
        ["TF_IN_AUTOMATION"] = "1",
        ["CHECKPOINT_DISABLE"] = "1",
    };

    /// <summary>Refuses to run terraform with files or variables that would change more, or less, than this environment says.</summary>
    /// <exception cref="PipelineException">There are some (exit code 2).</exception>
    public void RequireUsable(CommandHints hints)
    {
        RequireJobFile();
        StrayFiles.RequireSavedState(this, hints);
        StrayFiles.Refuse(ModuleFolder, Name, hints);
        BackendBlock.RequireS3(ModuleFolder);
        TerraformVariables.Check(Variables, ModuleFolder);
    }

    /// <summary>Refuses a job that has no file.</summary>
    /// <exception cref="PipelineException">It has none (exit code 2); the message lists the jobs that have one.</exception>
    public void RequireJobFile()
    {
        if (Job is null || File.Exists(JobFileOf(ModuleFolder, Job)))
        {
            return;
        }

        var folder = Path.Combine(ModuleFolder, JobsFolder);
        var known = Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.tfvars").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal).ToList() : [];
        throw new PipelineException(
            TerraformErrors.JobFileMissing,
            $"infra/{JobsFolder}/{Job}.tfvars is missing.{(NearestMatch.Find(Job, known) is { } near ? $" Did you mean --job={near}?" : "")} {(known.Count == 0 ? $"infra/{JobsFolder} has no job" : $"The jobs are {string.Join(", ", known)}")}.");
    }

    /// <summary>Finds the files of an environment.</summary>
    /// <exception cref="PipelineException">One is missing (exit code 2); the sentence says which, and what to copy.</exception>
    public static TerraformEnvironment Find(
        string name, string repositoryRoot, string artifactsFolder, IReadOnlyList<string> variableFiles, IReadOnlyList<string> variables, Func<IReadOnlyDictionary<string, string>> accountVariables, string? job = null)
    {
        var module = ModuleOf(repositoryRoot);
        var own = Path.Combine(module, "environments", $"{name}.tfvars");
        var environment = new TerraformEnvironment
        {
            Name = name,
            ModuleFolder = module,
            DataFolder = Path.Combine(artifactsFolder, "terraform", name),
            Job = job,
            VariableFiles = [own, .. job is not null && File.Exists(JobFileOf(module, job)) ? new[] { JobFileOf(module, job) } : [], .. variableFiles],
            Variables = variables,
            AccountVariables = accountVariables,
        };
        foreach (var file in new[] { own, environment.BackendFile }.Where(file => !File.Exists(file)))
        {
            var path = Path.GetRelativePath(repositoryRoot, file);
            throw new PipelineException(
                TerraformErrors.EnvironmentFileMissing, $"{path} is missing. Copy {path.Replace(name, "aws", StringComparison.Ordinal)}.example to it and fill it in, or choose another --environment.");
        }

        return environment;
    }

    // As a value of -var, null is a text for terraform, and no number.
    private string? NullFileOf(string variable)
    {
        if (variable.Split('=', 2) is not [var name, var value] || value.Trim() != "null")
        {
            return null;
        }

        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(DataFolder, "null")).FullName, $"{name}.tfvars.json");
        WholeFile.Write(file, Encoding.UTF8.GetBytes($"{{\"{name}\": null}}\n"));
        return $"-var-file={file}";
    }

    private static string JobFileOf(string module, string job) => Path.Combine(module, JobsFolder, $"{job}.tfvars");
}
