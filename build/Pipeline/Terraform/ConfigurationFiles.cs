using System.Text.RegularExpressions;

namespace BuildPipeline.Terraform;

/// <summary>Reads the configuration of an environment by content, to notice what is edited after the plan.</summary>
public static partial class ConfigurationFiles
{
    // Folders of the root module that no plan reads; access is another root module.
    private static readonly string[] Unread = ["access", "tests", "examples", "environments", TerraformEnvironment.JobsFolder];

    /// <summary>The configuration that a plan is made from.</summary>
    /// <param name="repositoryRoot">Absolute path of the repository.</param>
    /// <param name="environment">Name of the environment.</param>
    /// <param name="job">Name of the job; null is that of the environment's own file.</param>
    /// <param name="variableFiles">Absolute paths of the files of <c>--var-file</c>.</param>
    /// <param name="variables">The values of <c>--var</c>, <c>NAME=VALUE</c>; of two for one name the last one counts.</param>
    public static ConfigurationRecord Read(
        string repositoryRoot, string environment, string? job, IReadOnlyList<string> variableFiles, IReadOnlyList<string> variables) => new()
        {
            Files = FilesOf(TerraformEnvironment.ModuleOf(repositoryRoot), environment, job),
            VariableFiles = variableFiles.Distinct().ToDictionary(file => file, TerraformDocuments.Sha256),
            Variables = variables.Select(Split).GroupBy(variable => variable.Name).ToDictionary(same => same.Key, same => same.Last().Sha256),
        };

    /// <summary>The same configuration as of now; the values of <c>--var</c> cannot change, and a variable file that is not on this machine did not.</summary>
    public static ConfigurationRecord ReadAgain(ConfigurationRecord planned, string repositoryRoot, string environment, string? job) => planned with
    {
        Files = FilesOf(TerraformEnvironment.ModuleOf(repositoryRoot), environment, job),
        VariableFiles = planned.VariableFiles.ToDictionary(file => file.Key, file => File.Exists(file.Key) ? TerraformDocuments.Sha256(file.Key) : file.Value),
    };

    /// <summary>Name, and SHA-256 of the value, of a <c>NAME=VALUE</c>.</summary>
    public static (string Name, string Sha256) Split(string variable)
    {
        var parts = variable.Split('=', 2);
        return (parts[0].Trim(), HexDigest.Calculate(parts[1]));
    }

    /// <summary>The files of a root module that terraform may read: code, and what the code may take from <c>path.module</c>.</summary>
    /// <param name="module">Absolute path of the module.</param>
    /// <returns>Paths relative to it, with forward slashes.</returns>
    internal static IEnumerable<string> ModuleFiles(string module) => Walk(new DirectoryInfo(module), isRoot: true)
        .Select(file => Path.GetRelativePath(module, file).Replace('\\', '/'));

    private static Dictionary<string, string> FilesOf(string module, string environment, string? job)
    {
        var unasked = new DirectoryInfo(module).EnumerateFiles().Select(file => file.Name).Where(IsLoadedUnasked);
        string[] own = [WorkingFolder.LockFile, $"environments/{environment}.tfvars", $"environments/{environment}.s3.tfbackend", $"{TerraformEnvironment.JobsFolder}/{job}.tfvars"];
        return ModuleFiles(module).Concat(unasked).Concat(own.Where(name => File.Exists(Path.Combine(module, name))))
            .ToDictionary(name => name, name => TerraformDocuments.Sha256(Path.Combine(module, name)));
    }

    private static IEnumerable<string> Walk(DirectoryInfo folder, bool isRoot)
    {
        var files = folder.EnumerateFiles().Where(file => file.LinkTarget is null && IsRead(file.Name)).Select(file => file.FullName);
        var folders = folder.EnumerateDirectories().Where(inner => inner.LinkTarget is null && !inner.Name.StartsWith('.') && !(isRoot && Unread.Contains(inner.Name)));
        return files.Concat(folders.SelectMany(inner => Walk(inner, isRoot: false)));
    }

    // A template or data file is read by code, so only what certainly is not read is left out.
    private static bool IsRead(string name) => !name.StartsWith('.') && !IsLoadedUnasked(name) && !UnreadPattern().IsMatch(name);

    private static bool IsLoadedUnasked(string name) => name is "terraform.tfvars" or "terraform.tfvars.json"
        || name.EndsWith(".auto.tfvars", StringComparison.Ordinal) || name.EndsWith(".auto.tfvars.json", StringComparison.Ordinal);

    [GeneratedRegex(@"\.(md|example|tfvars|tfvars\.json|tfbackend|tfplan|tfstate|tfstate\..*|log)$")]
    private static partial Regex UnreadPattern();
}
