using Amazon.S3.Model;

namespace BuildPipeline.EndToEnd.Tests.Infra;

public sealed class InfraTests(TerraformSandbox sandbox) : IClassFixture<TerraformSandbox>
{
    private const string SandboxValues = "-var-file=environments/sandbox.tfvars";

    [SkippableFact]
    public async Task Given_TheModule_When_Formatted_Then_NothingChanges()
    {
        var folder = sandbox.Copy("format");
        foreach (var example in Directory.GetFiles(folder.Root, "*.example", SearchOption.AllDirectories))
        {
            var formatted = example.EndsWith(".s3.tfbackend.example", StringComparison.Ordinal) ? $"{example}.tfvars" : Path.ChangeExtension(example, null);
            File.Copy(example, formatted);
        }

        var (exitCode, output) = await folder.RunAsync("fmt", "-check", "-recursive", "-diff", "-no-color");

        Assert.True(exitCode == 0, output);
    }

    [SkippableFact]
    public async Task Given_TheModule_When_Validated_Then_TheProviderKnowsEveryAttributeAndRefusesAnUnknownOneByName()
    {
        var folder = sandbox.Copy("validate");
        await folder.SucceedAsync("init", "-no-color", "-backend=false");

        Assert.Contains("The configuration is valid", await folder.SucceedAsync("validate", "-no-color"), StringComparison.Ordinal);

        folder.Write("extra.tf", """
            resource "aws_s3_bucket" "extra" {
              bucket      = "extra"
              versionning = true
            }
            """);
        var (exitCode, output) = await folder.RunAsync("validate", "-no-color");
        Assert.Equal(1, exitCode);
        Assert.Contains("An argument named \"versionning\" is not expected here", output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Given_TheModulesOwnTests_When_Run_Then_AllPass()
    {
        var folder = sandbox.Copy("terraform-test");
        await folder.SucceedAsync("init", "-no-color", "-backend=false");

        Assert.Contains(" passed, 0 failed", await folder.SucceedAsync("test", "-no-color"), StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("on-demand")]
    [InlineData("own-endpoints")]
    [InlineData("given-keys")]
    [InlineData("teams")]
    [InlineData("fallbacks")]
    [InlineData("auto-checkpoints")]
    [InlineData("pytorch-cpu")]
    [InlineData("llama-lora-g5")]
    [InlineData("full-finetune-p4d")]
    [Trait("Tier", "all")]
    public async Task Given_AnExample_When_LaidOverTheSandboxsValues_Then_ThePlanKeepsThePolicy(string example)
    {
        var folder = sandbox.Copy($"example-{example}");
        await folder.InitAsync();

        Assert.Empty(PlanPolicy.Violations(await folder.PlanAsync(SandboxValues, $"-var-file=examples/{example}.tfvars")));
    }

    [SkippableTheory]
    [InlineData("small")]
    [InlineData("full", "-var=account_id=000000000000")]
    [Trait("Tier", "all")]
    public async Task Given_AConfigurationThatUsesInfraAsAModule_When_Planned_Then_ItWorks(string example, params string[] values)
    {
        var folder = sandbox.Copy($"module-{example}").In($"examples/{example}");
        await folder.SucceedAsync("init", "-no-color");

        var plan = await folder.PlanAsync(values);

        Assert.NotEmpty(plan.GetProperty("output_changes").EnumerateObject());
        Assert.Empty(PlanPolicy.Violations(plan));
    }

    [SkippableFact]
    public async Task Given_TheSandboxsValues_When_Planned_Then_NothingLeadsToTheInternetNoJobIsAResourceAndWhatAnApprovalBindsIsKnown()
    {
        var folder = sandbox.Copy("contents");
        await folder.InitAsync();

        var plan = await folder.PlanAsync(SandboxValues);

        var types = plan.GetProperty("resource_changes").EnumerateArray().Select(change => change.GetProperty("type").GetString()!).ToHashSet();
        Assert.DoesNotContain("aws_sagemaker_training_job", types);
        Assert.DoesNotContain(types, type => type.Contains("gateway", StringComparison.Ordinal) || type is "aws_route" or "aws_eip");
        Assert.Contains("aws_vpc_endpoint", types);
        var job = plan.GetProperty("output_changes").GetProperty("training_job").GetProperty("after");
        Assert.Equal("finetune-sandbox", job.GetProperty("name").GetString());
        Assert.Equal("finetune-sandbox-000000000000-us-east-1", job.GetProperty("artifact_bucket").GetString());
        Assert.Equal("arn:aws:iam::000000000000:role/finetune-sandbox-execution", job.GetProperty("role_arn").GetString());
        Assert.Equal(1800, job.GetProperty("max_runtime_seconds").GetInt32());
        Assert.Equal(2, job.GetProperty("instance_count").GetInt32());
    }

    [SkippableFact]
    public async Task Given_AnAppliedModule_When_PlannedAgain_Then_NothingChangesAndItsDestructionLeavesABucketWithObjectsProtected()
    {
        var folder = sandbox.Copy("lifecycle");
        await folder.InitAsync();
        string[] values = ["-no-color", SandboxValues, "-var=name_prefix=lifecycle"];
        var before = await sandbox.ResourceTypesAsync();
        await folder.SucceedAsync(["apply", "-auto-approve", .. values]);
        Assert.Contains("module.storage.aws_s3_bucket.artifacts", await ResourcesAsync(folder));

        var (second, changes) = await folder.RunAsync(["plan", "-detailed-exitcode", .. values]);
        Assert.True(second == 0, changes);

        await folder.SucceedAsync(["destroy", "-auto-approve", "-target=module.network", "-target=module.execution_role", "-target=module.logs", .. values]);
        var kept = await ResourcesAsync(folder);
        Assert.All(kept, address => Assert.StartsWith("module.storage.", address, StringComparison.Ordinal));
        Assert.Contains("module.storage.aws_s3_bucket_public_access_block.artifacts", kept);
        Assert.Contains("module.storage.aws_s3_bucket_policy.artifacts", kept);

        const string Bucket = "lifecycle-sandbox-000000000000-us-east-1";
        using var s3 = sandbox.CreateS3();
        var record = await s3.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = "runs/1/record/run.json", ContentBody = "{}" });
        var (exitCode, output) = await folder.RunAsync(["destroy", "-auto-approve", .. values]);
        Assert.Equal(1, exitCode);
        Assert.Contains("BucketNotEmpty", output, StringComparison.Ordinal);
        var left = await ResourcesAsync(folder);
        Assert.Contains("module.storage.aws_s3_bucket.artifacts", left);
        Assert.Contains("module.storage.aws_kms_key.artifacts[0]", left);

        await s3.DeleteObjectAsync(new DeleteObjectRequest { BucketName = Bucket, Key = "runs/1/record/run.json", VersionId = record.VersionId });
        await folder.SucceedAsync(["destroy", "-auto-approve", .. values]);
        Assert.Equal(before.Order(), (await sandbox.ResourceTypesAsync()).Order());
    }

    [SkippableFact]
    public async Task Given_AStateThatSomebodyHasLocked_When_Planned_Then_TheLockIsRespected()
    {
        var folder = sandbox.Copy("lock");
        await folder.InitAsync();
        using var s3 = sandbox.CreateS3();
        await s3.PutObjectAsync(new PutObjectRequest
        {
            BucketName = "sandbox-terraform-state",
            Key = $"{folder.StateKey}.tflock",
            ContentBody = """{"ID":"11111111-2222-3333-4444-555555555555","Operation":"OperationTypeApply","Who":"somebody","Version":"1.11.4","Created":"2026-01-01T00:00:00Z"}""",
        });

        var (exitCode, output) = await folder.RunAsync("plan", "-no-color", SandboxValues);

        Assert.Equal(1, exitCode);
        Assert.Contains("Error acquiring the state lock", output, StringComparison.Ordinal);
        Assert.Contains("somebody", output, StringComparison.Ordinal);
    }

    private static async Task<IReadOnlyList<string>> ResourcesAsync(TerraformFolder folder) =>
        [.. (await folder.SucceedAsync("state", "list")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(IsResource)];

    private static bool IsResource(string address) => !address.Contains(".data.", StringComparison.Ordinal) && !address.StartsWith("data.", StringComparison.Ordinal);
}
