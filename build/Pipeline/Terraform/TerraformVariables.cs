using System.Text.RegularExpressions;

namespace BuildPipeline.Terraform;

/// <summary>The variables that the module declares.</summary>
internal static partial class TerraformVariables
{
    /// <summary>The variable that says who submits the job.</summary>
    public const string Submitter = "training_job_submitter";

    /// <summary>Checks the names of variables that the command line sets.</summary>
    /// <param name="assignments">Each <c>NAME=VALUE</c>.</param>
    /// <exception cref="PipelineException">The module declares no such variable, or Terraform is to submit the job (exit code 2).</exception>
    public static void Check(IEnumerable<string> assignments, string moduleFolder)
    {
        if (assignments.FirstOrDefault(assignment => assignment.Split('=', 2) is [var name, var value] && name.Trim() == Submitter && value.Trim(' ', '"') != "pipeline") is { } other)
        {
            throw new PipelineException(
                TerraformErrors.OtherSubmitter, $"--var={other}: under the pipeline, only Launch submits the job. Omit the option, or run terraform apply in infra without the pipeline.");
        }

        var declared = Declared(moduleFolder);
        if (assignments.Select(assignment => assignment.Split('=')[0]).FirstOrDefault(name => !declared.Contains(name)) is { } unknown)
        {
            throw new PipelineException(TerraformErrors.UndeclaredVariable, $"--var={unknown}: {Unknown(unknown, declared)}");
        }
    }

    /// <summary>A variable file sets a variable that the module does not declare: terraform only warns, but a mistyped limit must not pass.</summary>
    public static PipelineException Undeclared(string name, string moduleFolder) =>
        new(TerraformErrors.UndeclaredVariable, $"A variable file sets '{name}': {Unknown(name, Declared(moduleFolder))}");

    private static string Unknown(string name, IReadOnlyCollection<string> declared) =>
        $"Unknown Terraform variable '{name}'.{(NearestMatch.Find(name, declared) is { } near ? $" Did you mean {near}?" : "")} docs/reference/variables.md lists all variables.";

    private static HashSet<string> Declared(string moduleFolder) =>
        [.. Directory.EnumerateFiles(moduleFolder, "*.tf").SelectMany(file => DeclarationPattern().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value)];

    [GeneratedRegex("(?m)^variable\\s+\"([^\"]+)\"")]
    private static partial Regex DeclarationPattern();
}
