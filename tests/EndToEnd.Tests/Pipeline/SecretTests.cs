using System.Security.Cryptography;
using System.Text;

namespace BuildPipeline.EndToEnd.Tests.Pipeline;

/// <summary>A secret of the program: only its name is anywhere, until the node reads the value.</summary>
public sealed class SecretTests(SharedWorkplace shared) : IClassFixture<SharedWorkplace>
{
    private const string Variables = """
        training_image_uri       = "sandbox/python"
        instance_count           = 1
        hyperparameters          = {}
        final_metric             = { name = "train:loss", max = 1 }
        enable_network_isolation = false
        interface_endpoints      = ["ssm"]
        secret_environment       = { HF_TOKEN = "ssm:/research/hf-token" }
        entrypoint = [
          "python3", "-I", "/opt/ml/input/data/code/channels.py", "/opt/ml/input/data/code/secret_environment.py", "-c",
          "import hashlib,os,runpy;print(hashlib.sha256(os.environ['HF_TOKEN'].encode()).hexdigest(),flush=True);runpy.run_path('/opt/ml/input/data/code/examples/minimal.py',run_name='__main__')",
        ]
        """;

    private static readonly string Value = Guid.NewGuid().ToString("N");

    private readonly Workplace _place = shared.Place;

    [TerraformFact]
    public async Task Given_ASecret_When_Launched_Then_TheProgramReadsItAndItsValueIsNowhereElse()
    {
        (await _place.BuildAsync("--target=Status")).ShouldExitWith(2, "BP1728");
        await SandboxParameters.PutAsync(_place, "/research/hf-token", Value);
        var output = (await _place.BuildAsync("--target=Launch", "--interruptions=0", $"--var-file={_place.Write("secret.tfvars", Variables)}")).ShouldExitWith(0).Output;

        var log = await _place.LogOfAsync(_place.Run.GetProperty("attempts")[0].GetProperty("job_name").GetString()!);
        Assert.Contains(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Value))), log);
        Assert.DoesNotContain(Value, output, StringComparison.Ordinal);
        var kept = Path.Combine(_place.SandboxState, "secrets");
        var files = new[] { _place.ArtifactsFolder, _place.SandboxState }.SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)).Where(file => Path.GetFileName(file) != "lock").ToList();
        Assert.Equal([kept], files.Where(Holds).Select(file => Path.GetDirectoryName(Path.GetDirectoryName(file))));
        Assert.True(files.Count > 50, string.Join('\n', files));
    }

    private static bool Holds(string file) => File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.UTF8.GetBytes(Value)) >= 0;
}
