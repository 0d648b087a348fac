namespace BuildPipeline.Terraform;

/// <summary>Files in the module's folder that terraform loads automatically, for every environment: the pipeline refuses to run with them.</summary>
internal static class StrayFiles
{
    private static readonly string[] VariablePatterns = ["terraform.tfvars", "terraform.tfvars.json", "*.auto.tfvars", "*.auto.tfvars.json"];
    private static readonly string[] OverridePatterns = ["override.tf", "*_override.tf", "override.tf.json", "*_override.tf.json"];
    private static readonly string[] StatePatterns = ["terraform.tfstate", "errored.tfstate"];

    /// <summary>Refuses where one exists.</summary>
    /// <param name="moduleFolder">Absolute path of the root module; overrides are searched in its modules too.</param>
    /// <exception cref="PipelineException">One exists (exit code 2); the message names each, and what to do with it.</exception>
    public static void Refuse(string moduleFolder)
    {
        List<string> lines =
        [
            .. Found(moduleFolder, VariablePatterns, SearchOption.TopDirectoryOnly).Select(file =>
                $"{file} sets variables. Move them to the environment's own file, or move the file out of infra and pass it with --var-file."),
            .. Found(moduleFolder, OverridePatterns, SearchOption.TopDirectoryOnly)
                .Concat(Found(Path.Combine(moduleFolder, "modules"), OverridePatterns, SearchOption.AllDirectories).Select(file => $"modules/{file}"))
                .Select(file => $"{file} replaces parts of the module. Delete it, or make its content part of the module."),
            .. Found(moduleFolder, StatePatterns, SearchOption.TopDirectoryOnly).Where(file => new FileInfo(Path.Combine(moduleFolder, file)).Length > 0).Select(file =>
                $"{file} is a state that the pipeline does not use. Destroy its resources with Terraform alone, or push it to the state bucket (terraform state push); then delete it."),
        ];
        if (lines.Count > 0)
        {
            throw new PipelineException(
                TerraformErrors.StrayFiles, $"infra has files that change what Terraform does in every environment:{string.Concat(lines.Select(line => $"\n- infra/{line}"))}");
        }
    }

    private static IEnumerable<string> Found(string folder, string[] patterns, SearchOption depth) => !Directory.Exists(folder)
        ? []
        : patterns.SelectMany(pattern => Directory.EnumerateFiles(folder, pattern, depth))
            .Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/')).Distinct().Order(StringComparer.Ordinal);
}
