namespace BuildPipeline.Terraform;

/// <summary>Files in the module's folder that terraform loads automatically, for every environment: the pipeline refuses to run with them.</summary>
internal static class StrayFiles
{
    /// <summary>Where terraform writes a state that it could not store.</summary>
    public const string UnsavedState = "errored.tfstate";

    private static readonly string[] VariablePatterns = ["terraform.tfvars", "terraform.tfvars.json", "*.auto.tfvars", "*.auto.tfvars.json"];
    private static readonly string[] OverridePatterns = ["override.tf", "*_override.tf", "override.tf.json", "*_override.tf.json"];

    /// <summary>Refuses where one exists.</summary>
    /// <param name="moduleFolder">Absolute path of the root module; overrides are searched in its modules too.</param>
    /// <param name="environment">Name of the environment that the pipeline works on.</param>
    /// <param name="hints">Writes commands for the user's shell.</param>
    /// <exception cref="PipelineException">One exists (exit code 2); the message names each, and what to do with it.</exception>
    public static void Refuse(string moduleFolder, string environment, CommandHints hints)
    {
        var hasState = LocalState.Exists(moduleFolder);
        List<string> lines =
        [
            .. Found(moduleFolder, VariablePatterns, SearchOption.TopDirectoryOnly).Select(file =>
                $"{file} sets variables. Move them to the environment's own file, or move the file out of infra and pass it with --var-file."),
            .. Found(moduleFolder, OverridePatterns, SearchOption.TopDirectoryOnly)
                .Concat(Found(Path.Combine(moduleFolder, "modules"), OverridePatterns, SearchOption.AllDirectories).Select(file => $"modules/{file}"))
                .Select(file => $"{file} replaces parts of the module. Delete it, or make its content part of the module."),
            .. HasContent(moduleFolder, UnsavedState) ? [$"{UnsavedState} is a state that Terraform alone could not save. Push it with terraform state push, then delete it."] : Array.Empty<string>(),
            .. hasState ? [$"{LocalState.File} is the state of what Terraform alone created. The pipeline keeps its state in S3."] : Array.Empty<string>(),
        ];
        if (lines.Count > 0)
        {
            throw new PipelineException(
                TerraformErrors.StrayFiles,
                $"infra has files that change what Terraform does in every environment:{string.Concat(lines.Select(line => $"\n- infra/{line}"))}{(hasState ? LocalState.Migration(moduleFolder, environment, hints) : "")}");
        }
    }

    /// <summary>Refuses where an apply of the pipeline could not store its state: a plan without it would create everything again.</summary>
    /// <exception cref="PipelineException">There is one (exit code 2); the message has the commands that store it.</exception>
    public static void RequireSavedState(TerraformEnvironment environment, CommandHints hints)
    {
        if (HasContent(environment.WorkingFolder, UnsavedState))
        {
            var file = Path.Combine(environment.WorkingFolder, UnsavedState);
            var push = hints.WithVariable("TF_DATA_DIR", environment.DataFolder, "terraform", $"-chdir={environment.WorkingFolder}", "state", "push", UnsavedState);
            throw new PipelineException(
                TerraformErrors.UnsavedState, $"{file} is a state that an apply could not save. Save it with:\n  {push}\n  {hints.Command("rm", file)}");
        }
    }

    private static bool HasContent(string folder, string name) => new FileInfo(Path.Combine(folder, name)) is { Exists: true, Length: > 0 };

    private static IEnumerable<string> Found(string folder, string[] patterns, SearchOption depth) => !Directory.Exists(folder)
        ? []
        : patterns.SelectMany(pattern => Directory.EnumerateFiles(folder, pattern, depth))
            .Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/')).Distinct().Order(StringComparer.Ordinal);
}
