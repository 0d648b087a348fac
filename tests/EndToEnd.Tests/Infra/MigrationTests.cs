using System.Text.Json;
using BuildPipeline.EndToEnd.Tests.Pipeline;

namespace BuildPipeline.EndToEnd.Tests.Infra;

/// <summary>From Terraform alone to the pipeline, by the commands that the pipeline prints.</summary>
[Trait("Tier", "all")]
public sealed class MigrationTests(SharedWorkplace shared) : IClassFixture<SharedWorkplace>, IDisposable
{
    private const string StateBucket = "terraform-state-000000000000-us-east-1";

    private readonly Workplace _place = shared.Place;
    private readonly BuiltCheckout _checkout = new(shared.Place);

    public void Dispose() => _checkout.Dispose();

    [TerraformFact(needsBash: true)]
    public async Task Given_WhatTerraformAloneCreated_When_ThePrintedCommandsRun_Then_ThePipelineManagesIt()
    {
        var terraform = await _checkout.CreateAsync();
        var seed = (await File.ReadAllTextAsync(TerraformAloneTests.Script("seed.sh"))).Replace("terraform destroy", "", StringComparison.Ordinal);
        var (exitCode, output) = await terraform.ScriptAsync(terraform.Write("../seed.sh", seed));
        Assert.True(exitCode == 0, output);
        var job = (await terraform.SucceedAsync("output", "-raw", "training_job_name")).Trim();

        var refused = await _checkout.RunAsync($"./build.sh --target=Launch --sandbox-state={_place.SandboxState}");
        Assert.True(refused.ExitCode == 2, refused.Output);
        Assert.Contains("infra/terraform.tfstate", refused.Output, StringComparison.Ordinal);
        foreach (var command in Commands(refused.Output, "To give it to the pipeline"))
        {
            var (code, printed) = await _checkout.RunAsync(command);
            Assert.True(code == 0, $"{command}\n{printed}");
        }

        var run = Directory.GetFiles(Path.Combine(_checkout.Folder, "artifacts", "runs"), "run.json", SearchOption.AllDirectories).Select(file => JsonDocument.Parse(File.ReadAllText(file)).RootElement).Single(run => run.GetProperty("environment").GetString() == "dev");
        Assert.Equal([job], run.GetProperty("plan").GetProperty("destroyed_training_jobs").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(0, run.GetProperty("plan").GetProperty("add").GetInt32());
        using var s3 = _place.CreateS3();
        Assert.True((await s3.GetObjectMetadataAsync(StateBucket, "training/dev/terraform.tfstate")).ContentLength > 1000);
    }

    [TerraformFact(needsBash: true)]
    public async Task Given_WhatTerraformAloneCreated_When_ThePrintedDestroyRuns_Then_NothingOfItIsLeft()
    {
        var terraform = await _checkout.CreateAsync();
        File.Copy(Path.Combine(terraform.Root, "terraform.tfvars.example"), Path.Combine(terraform.Root, "terraform.tfvars"));
        await File.AppendAllTextAsync(Path.Combine(terraform.Root, "terraform.tfvars"), "artifact_bucket_name = \"destroyed-again\"\n");
        await terraform.SucceedAsync("init", "-no-color");
        await terraform.SucceedAsync("apply", "-no-color", "-auto-approve", "-var=name_prefix=destroyed");

        var refused = await _checkout.RunAsync($"./build.sh --target=Launch --sandbox-state={_place.SandboxState}");
        Assert.True(refused.ExitCode == 2, refused.Output);
        foreach (var command in Commands(refused.Output, "To destroy what it holds"))
        {
            var (code, printed) = await _checkout.RunAsync(command);
            Assert.True(code == 0, $"{command}\n{printed}");
        }

        var free = await _checkout.RunAsync($"./build.sh --target=Plan --sandbox-state={_place.SandboxState}");
        Assert.True(free.ExitCode == 0, free.Output);
        using var s3 = _place.CreateS3();
        Assert.DoesNotContain((await s3.ListBucketsAsync()).Buckets, bucket => bucket.BucketName == "destroyed-again");
    }

    private static List<string> Commands(string output, string heading) =>
    [
        .. output.Split('\n').SkipWhile(line => !line.StartsWith(heading, StringComparison.Ordinal)).Skip(1).TakeWhile(line => line.StartsWith("  ", StringComparison.Ordinal)).Select(line => line.Trim()),
    ];
}
