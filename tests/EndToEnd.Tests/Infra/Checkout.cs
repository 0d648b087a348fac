using System.Text.Json;
using BuildPipeline.EndToEnd.Tests.Pipeline;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.EndToEnd.Tests.Infra;

/// <summary>Copies of the parts of the repository that Terraform alone works with.</summary>
internal static class Checkout
{
    private static readonly string[] Copied = ["infra", "training", "docs"];

    /// <summary>Copies infra, and program and documents next to it; what Terraform left in the repository's own infra stays there.</summary>
    public static void CopyTo(string folder)
    {
        foreach (var file in Copied.SelectMany(name => Directory.EnumerateFiles(Path.Combine(Workplace.Root, name), "*", SearchOption.AllDirectories)).Where(IsSource))
        {
            var target = Path.Combine(folder, Path.GetRelativePath(Workplace.Root, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    /// <summary>The environment of terraform and of the aws command line on a sandbox.</summary>
    /// <param name="folder">Gets the (empty) settings of terraform.</param>
    public static Dictionary<string, string> Environment(string folder, RunningSandbox sandbox)
    {
        var settings = Path.Combine(folder, "terraform.rc");
        File.WriteAllText(settings, "");
        return new Dictionary<string, string>
        {
            ["TF_REATTACH_PROVIDERS"] = Reattach(sandbox),
            ["TF_CLI_CONFIG_FILE"] = settings,
            ["TF_IN_AUTOMATION"] = "1",
            ["TF_INPUT"] = "0",
            ["CHECKPOINT_DISABLE"] = "1",
            ["AWS_ENDPOINT_URL"] = sandbox.Url.ToString().TrimEnd('/'),
            ["AWS_ACCESS_KEY_ID"] = "sandbox",
            ["AWS_SECRET_ACCESS_KEY"] = "sandbox",
            ["AWS_REGION"] = "us-east-1",
            ["AWS_DEFAULT_REGION"] = "us-east-1",
        };
    }

    /// <summary>What attaches terraform to a sandbox's provider.</summary>
    public static string Reattach(RunningSandbox sandbox) => JsonSerializer.Serialize(new Dictionary<string, object>
    {
        ["registry.terraform.io/hashicorp/aws"] = new
        {
            Protocol = "grpc",
            ProtocolVersion = 5,
            sandbox.Pid,
            Test = true,
            Addr = new { Network = "tcp", String = sandbox.Provider },
        },
    });

    private static bool IsSource(string file) =>
        !Path.GetRelativePath(Workplace.Root, file).Split(Path.DirectorySeparatorChar).Any(part => part is ".terraform" or "__pycache__")
        && Path.GetFileName(file) is not ("terraform.tfvars" or ".terraform.lock.hcl");
}
