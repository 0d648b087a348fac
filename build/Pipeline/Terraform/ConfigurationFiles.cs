namespace BuildPipeline.Terraform;

/// <summary>Reads the configuration of an environment by content, to notice what is edited after the plan.</summary>
public static class ConfigurationFiles
{
    // Neither is read by a plan; a module's folder may have any other name.
    private static readonly string[] Unread = ["tests", "examples", "environments"];

    /// <summary>The configuration that a plan is made from.</summary>
    /// <param name="repositoryRoot">Absolute path of the repository.</param>
    /// <param name="environment">Name of the environment.</param>
    /// <param name="variableFiles">Absolute paths of the files of <c>--var-file</c>.</param>
    /// <param name="variables">The values of <c>--var</c>, <c>NAME=VALUE</c>; of two for one name the last one counts.</param>
    public static ConfigurationRecord Read(
        string repositoryRoot, string environment, IReadOnlyList<string> variableFiles, IReadOnlyList<string> variables) => new()
        {
            Files = FilesOf(TerraformEnvironment.ModuleOf(repositoryRoot), environment),
            VariableFiles = variableFiles.Distinct().ToDictionary(file => file, TerraformDocuments.Sha256),
            Variables = variables.Select(Split).GroupBy(variable => variable.Name).ToDictionary(same => same.Key, same => same.Last().Sha256),
        };

    /// <summary>The same configuration as of now; the values of <c>--var</c> cannot change, and a variable file that is not on this machine did not.</summary>
    public static ConfigurationRecord ReadAgain(ConfigurationRecord planned, string repositoryRoot, string environment) => planned with
    {
        Files = FilesOf(TerraformEnvironment.ModuleOf(repositoryRoot), environment),
        VariableFiles = planned.VariableFiles.ToDictionary(file => file.Key, file => File.Exists(file.Key) ? TerraformDocuments.Sha256(file.Key) : file.Value),
    };

    /// <summary>Name, and SHA-256 of the value, of a <c>NAME=VALUE</c>.</summary>
    public static (string Name, string Sha256) Split(string variable)
    {
        var parts = variable.Split('=', 2);
        return (parts[0].Trim(), ConfigurationRecord.Hash(parts[1]));
    }

    private static Dictionary<string, string> FilesOf(string module, string environment)
    {
        string[] own = [$"{environment}.tfvars", $"{environment}.s3.tfbackend"];
        return Code(new DirectoryInfo(module))
            .Concat(new DirectoryInfo(module).EnumerateFiles().Where(file => IsLoadedUnasked(file.Name)).Select(file => file.FullName))
            .Concat(own.Select(name => Path.Combine(module, "environments", name)).Where(File.Exists))
            .ToDictionary(file => Path.GetRelativePath(module, file).Replace('\\', '/'), TerraformDocuments.Sha256);
    }

    private static IEnumerable<string> Code(DirectoryInfo folder)
    {
        var files = folder.EnumerateFiles().Where(file => IsCode(file.Name)).Select(file => file.FullName);
        var folders = folder.EnumerateDirectories().Where(inner => inner.LinkTarget is null && !inner.Name.StartsWith('.') && !Unread.Contains(inner.Name));
        return files.Concat(folders.SelectMany(Code));
    }

    // JSON is code too: .tf.json, and the data that the code reads.
    private static bool IsCode(string name) =>
        !IsLoadedUnasked(name) && (name.EndsWith(".tf", StringComparison.Ordinal) || name.EndsWith(".json", StringComparison.Ordinal));

    private static bool IsLoadedUnasked(string name) => name is "terraform.tfvars" or "terraform.tfvars.json"
        || name.EndsWith(".auto.tfvars", StringComparison.Ordinal) || name.EndsWith(".auto.tfvars.json", StringComparison.Ordinal);
}
