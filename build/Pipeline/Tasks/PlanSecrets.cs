using System.Text.Json;
using BuildPipeline.Jobs;
using BuildPipeline.Secrets;
using BuildPipeline.Terraform;

namespace BuildPipeline.Tasks;

/// <summary>Looks for secrets in all that a plan is made of, before terraform writes its values anywhere, and in the planned job.</summary>
internal static class PlanSecrets
{
    /// <summary>Refuses variables that hold secrets: of the variable files and of the command line. The process environment does not reach terraform.</summary>
    /// <exception cref="PipelineException">One does, or a variable file is not a plain file (exit code 2).</exception>
    public static void RequireNone(TerraformEnvironment environment) => SecretScan.RequireNone(
    [
        .. environment.VariableFiles.Select(file => new SettingsSource(file, Read(file))),
        .. environment.Variables.Select(variable => SecretScan.Variable("--var", variable)),
    ]);

    /// <summary>Refuses a planned job that holds secrets, wherever they came from.</summary>
    /// <exception cref="PipelineException">It does (exit code 2).</exception>
    public static void RequireNone(TrainingJobSpec job) =>
        SecretScan.RequireNone([new("the planned training job", JsonSerializer.Serialize(job, RunJson.Compact))]);

    // Terraform reads the file again, which a pipe does not allow.
    private static string Read(string file)
    {
        var target = new FileInfo(file).ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? new FileInfo(file);
        return FolderWalk.KindProblem(target) is { } problem
            ? throw new PipelineException(TerraformErrors.UnreadableVariableFile, $"The variable file {file} {problem}.")
            : File.ReadAllText(file);
    }
}
