using System.Text.Json;
using System.Text.RegularExpressions;

namespace BuildPipeline.Terraform;

/// <summary>A state that Terraform alone left in <c>infra</c>, and the commands that end it or give it to the pipeline.</summary>
internal static partial class LocalState
{
    /// <summary>File of the state.</summary>
    public const string File = "terraform.tfstate";

    private const string Variables = "terraform.tfvars";

    /// <summary>True if there is one that holds something; terraform leaves an empty one after a destroy and after a migration.</summary>
    public static bool Exists(string moduleFolder)
    {
        var file = new FileInfo(Path.Combine(moduleFolder, File));
        if (file is not { Exists: true, Length: > 0 })
        {
            return false;
        }

        try
        {
            using var state = JsonDocument.Parse(System.IO.File.ReadAllBytes(file.FullName));
            return !state.RootElement.TryGetProperty("resources", out var resources) || resources.GetArrayLength() > 0;
        }
        catch (JsonException)
        {
            return true;
        }
    }

    /// <summary>The two ways out, each complete: destroy what exists, or move variables and state to where the pipeline has them.</summary>
    /// <param name="moduleFolder">Absolute path of <c>infra</c>; a command must work in whatever folder its user is.</param>
    /// <param name="environment">Name of the environment where the variables name none.</param>
    /// <param name="hints">Writes commands for the user's shell.</param>
    public static string Migration(string moduleFolder, string environment, CommandHints hints)
    {
        var values = ReadVariables(moduleFolder);
        var name = FreeName(moduleFolder, values.GetValueOrDefault("environment", environment));
        List<string> move = values.Count == 0 ? [] : [hints.Command("mv", $"{moduleFolder}/{Variables}", $"{moduleFolder}/environments/{name}.tfvars")];
        string[] destroy =
        [
            hints.Command("terraform", $"-chdir={moduleFolder}", "destroy"),
            .. move,
        ];
        var (backendFile, block) = ($"{moduleFolder}/environments/{name}.s3.tfbackend", $"{moduleFolder}/backend.tf");
        var hasBlock = BackendBlock.Find(moduleFolder) is not null;
        string[] keep =
        [
            .. move,
            .. System.IO.File.Exists(backendFile) ? [] : new[] { hints.WriteFile(backendFile, BackendOf(moduleFolder, name, values.GetValueOrDefault("region", "us-east-1"))) },
            hints.For("Bootstrap", $"--environment={name}"),
            .. hasBlock ? [] : new[] { hints.WriteFile(block, "terraform {", "  backend \"s3\" {}", "}") },
            hints.Command("terraform", $"-chdir={moduleFolder}", "init", "-migrate-state", "-force-copy", $"-backend-config=environments/{name}.s3.tfbackend"),
            .. hasBlock ? [] : new[] { hints.Command("rm", block) },
            hints.Command("rm", "-r", $"{moduleFolder}/.terraform"),
            hints.For("Plan", $"--environment={name}"),
        ];
        return $"\nTo destroy what it holds (first empty its bucket: infra/README.md), run:{Lines(destroy)}\nTo give it to the pipeline as environment {name}, run:{Lines(keep)}";
    }

    private static string Lines(IEnumerable<string> commands) => string.Concat(commands.Select(command => $"\n  {command}"));

    private static Dictionary<string, string> ReadVariables(string moduleFolder)
    {
        var file = Path.Combine(moduleFolder, Variables);
        return System.IO.File.Exists(file)
            ? AssignmentPattern().Matches(System.IO.File.ReadAllText(file)).GroupBy(match => match.Groups[1].Value).ToDictionary(same => same.Key, same => same.Last().Groups[2].Value)
            : [];
    }

    // Nothing that exists is overwritten.
    private static string FreeName(string moduleFolder, string wanted) =>
        Enumerable.Range(1, int.MaxValue).Select(number => number == 1 ? wanted : $"{wanted}-{number}")
            .First(name => !System.IO.File.Exists(Path.Combine(moduleFolder, "environments", $"{name}.tfvars")));

    private static string[] BackendOf(string moduleFolder, string name, string region)
    {
        var account = AccountPattern().Match(System.IO.File.ReadAllText(Path.Combine(moduleFolder, File))) is { Success: true } match ? match.Groups[1].Value : "ACCOUNT";
        return
        [
            $"bucket       = \"terraform-state-{account}-{region}\"",
            $"key          = \"training/{name}/terraform.tfstate\"",
            $"region       = \"{region}\"",
            "encrypt      = true",
            "use_lockfile = true",
        ];
    }

    [GeneratedRegex("(?m)^[ \\t]*(\\w+)[ \\t]*=[ \\t]*\"([^\"]*)\"")]
    private static partial Regex AssignmentPattern();

    [GeneratedRegex("arn:aws[a-z-]*:iam::([0-9]{12}):role/")]
    private static partial Regex AccountPattern();
}
