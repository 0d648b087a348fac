using System.Text.Json;
using BuildPipeline.EndToEnd.Tests.Pipeline;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.EndToEnd.Tests.Infra;

/// <summary>From Terraform alone to the pipeline, by the commands that the pipeline prints.</summary>
[Trait("Tier", "all")]
public sealed class MigrationTests(SharedWorkplace shared) : IClassFixture<SharedWorkplace>, IDisposable
{
    private const string StateBucket = "terraform-state-000000000000-us-east-1";

    private readonly Workplace _place = shared.Place;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("migration-test-");
    private Dictionary<string, string> _environment = [];

    public void Dispose() => _folder.Delete(recursive: true);

    [TerraformFact(needsBash: true)]
    public async Task Given_WhatTerraformAloneCreated_When_ThePrintedCommandsRun_Then_ThePipelineManagesIt()
    {
        await CheckoutAsync();
        var terraform = new TerraformFolder(Path.Combine(_folder.FullName, "infra"), "seed", _environment);
        var seed = (await File.ReadAllTextAsync(TerraformAloneTests.Script("seed.sh"))).Replace("terraform destroy", "", StringComparison.Ordinal);
        var (exitCode, output) = await terraform.ScriptAsync(terraform.Write("../seed.sh", seed));
        Assert.True(exitCode == 0, output);
        var job = (await terraform.SucceedAsync("output", "-raw", "training_job_name")).Trim();

        var refused = await RunAsync($"./build.sh --target=Launch --sandbox-state={_place.SandboxState}");
        Assert.True(refused.ExitCode == 2, refused.Output);
        Assert.Contains("infra/terraform.tfstate", refused.Output, StringComparison.Ordinal);
        foreach (var command in Commands(refused.Output, "To give it to the pipeline"))
        {
            var (code, printed) = await RunAsync(command);
            Assert.True(code == 0, $"{command}\n{printed}");
        }

        var run = Directory.GetFiles(Path.Combine(_folder.FullName, "artifacts", "runs"), "run.json", SearchOption.AllDirectories).Select(file => JsonDocument.Parse(File.ReadAllText(file)).RootElement).Single(run => run.GetProperty("environment").GetString() == "dev");
        Assert.Equal([job], run.GetProperty("plan").GetProperty("destroyed_training_jobs").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(0, run.GetProperty("plan").GetProperty("add").GetInt32());
        using var s3 = _place.CreateS3();
        Assert.True((await s3.GetObjectMetadataAsync(StateBucket, "training/dev/terraform.tfstate")).ContentLength > 1000);
    }

    [TerraformFact(needsBash: true)]
    public async Task Given_WhatTerraformAloneCreated_When_ThePrintedDestroyRuns_Then_NothingOfItIsLeft()
    {
        await CheckoutAsync();
        var terraform = new TerraformFolder(Path.Combine(_folder.FullName, "infra"), "seed", _environment);
        File.Copy(Path.Combine(terraform.Root, "terraform.tfvars.example"), Path.Combine(terraform.Root, "terraform.tfvars"));
        await File.AppendAllTextAsync(Path.Combine(terraform.Root, "terraform.tfvars"), "artifact_bucket_name = \"destroyed-again\"\n");
        await terraform.SucceedAsync("init", "-no-color");
        await terraform.SucceedAsync("apply", "-no-color", "-auto-approve", "-var=name_prefix=destroyed");

        var refused = await RunAsync($"./build.sh --target=Launch --sandbox-state={_place.SandboxState}");
        Assert.True(refused.ExitCode == 2, refused.Output);
        foreach (var command in Commands(refused.Output, "To destroy what it holds"))
        {
            var (code, printed) = await RunAsync(command);
            Assert.True(code == 0, $"{command}\n{printed}");
        }

        var free = await RunAsync($"./build.sh --target=Plan --sandbox-state={_place.SandboxState}");
        Assert.True(free.ExitCode == 0, free.Output);
        using var s3 = _place.CreateS3();
        Assert.DoesNotContain((await s3.ListBucketsAsync()).Buckets, bucket => bucket.BucketName == "destroyed-again");
    }

    // What a user has after a build: sources, the built host, and a script that starts it.
    private async Task CheckoutAsync()
    {
        await _place.BuildAsync("--target=Status"); // starts the sandbox
        Checkout.CopyTo(_folder.FullName);
        var host = SandboxProcess.Assembly.Replace("Sandbox", "Pipeline", StringComparison.Ordinal);
        var built = Path.Combine(_folder.FullName, "built");
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(host)!, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(built, Path.GetRelativePath(Path.GetDirectoryName(host)!, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "BuildPipeline.sln"), "");
        var script = Path.Combine(_folder.FullName, "build.sh");
        await File.WriteAllTextAsync(script, $"#!/bin/sh\nexec dotnet {Path.Combine(built, Path.GetFileName(host))} \"$@\"\n");
        await ExternalTool.RunAsync("chmod", ["+x", script], _environment);
        var endpoint = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(_place.SandboxState, "endpoint.json"))).RootElement;
        _environment = Checkout.Environment(_folder.FullName, _place.Sandbox().Url, endpoint.GetProperty("provider").GetString()!, _place.Sandbox().Pid);
        _environment["TF_CLI_ARGS_destroy"] = "-auto-approve";
    }

    private async Task<(int ExitCode, string Output)> RunAsync(string command)
    {
        var (exitCode, output, errors) = await ExternalTool.RunAsync("bash", ["-c", command], _environment, _folder.FullName);
        return (exitCode, output + errors);
    }

    private static List<string> Commands(string output, string heading) =>
    [
        .. output.Split('\n').SkipWhile(line => !line.StartsWith(heading, StringComparison.Ordinal)).Skip(1).TakeWhile(line => line.StartsWith("  ", StringComparison.Ordinal)).Select(line => line.Trim()),
    ];
}
