using System.Text.Json;
using Amazon.S3.Model;

namespace BuildPipeline.EndToEnd.Tests.Infra;

public sealed class InfraTests(TerraformSandbox sandbox) : IClassFixture<TerraformSandbox>
{
    private const string SandboxValues = "-var-file=environments/sandbox.tfvars";

    private static readonly string ExamplesFolder = Path.Combine(Repository.Root, "infra", "examples");

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
    public Task Given_TheModulesOwnTests_When_Run_Then_AllPass() => AssertPassAsync(file => !IsOfRefusals(file));

    // Forty plans.
    [SkippableFact]
    [Trait("Tier", "all")]
    public Task Given_TheModulesTestsOfRefusedValues_When_Run_Then_AllPass() => AssertPassAsync(IsOfRefusals);

    /// <summary>Every example that there is: values, and configurations that use infra/ as a module.</summary>
    public static TheoryData<string> Values => [.. Directory.EnumerateFiles(ExamplesFolder, "*.tfvars").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    /// <inheritdoc cref="Values"/>
    public static TheoryData<string> Modules => [.. Directory.EnumerateDirectories(ExamplesFolder).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)];

    [SkippableTheory]
    [MemberData(nameof(Values))]
    [Trait("Tier", "all")]
    public async Task Given_AnExample_When_LaidOverTheSandboxsValues_Then_ThePlanKeepsThePolicy(string example)
    {
        var folder = sandbox.Copy($"example-{example}");
        await folder.InitAsync();

        // Its names of a network are somebody's; here are others.
        var network = File.ReadAllText(Path.Combine(ExamplesFolder, example)).Contains("vpc_id", StringComparison.Ordinal) ? await CreateNetworkAsync(folder) : [];

        Assert.Empty(PlanPolicy.Violations(await folder.PlanAsync([SandboxValues, $"-var-file=examples/{example}", .. network])));
    }

    [SkippableTheory]
    [MemberData(nameof(Modules))]
    [Trait("Tier", "all")]
    public async Task Given_AConfigurationThatUsesInfraAsAModule_When_Planned_Then_ItKeepsThePolicy(string example)
    {
        var folder = sandbox.Copy($"module-{example}").In($"examples/{example}");
        await folder.SucceedAsync("init", "-no-color");
        string[] values = Directory.EnumerateFiles(folder.Root, "*.tf").Any(file => File.ReadAllText(file).Contains("variable \"account_id\"", StringComparison.Ordinal))
            ? ["-var=account_id=000000000000"] : [];

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

    private static bool IsOfRefusals(string file) => file.StartsWith("validation_", StringComparison.Ordinal);

    private async Task AssertPassAsync(Func<string, bool> chosen)
    {
        var folder = sandbox.Copy($"terraform-test-{Guid.NewGuid():N}");
        await folder.SucceedAsync("init", "-no-color", "-backend=false");
        var files = Directory.GetFiles(Path.Combine(folder.Root, "tests"), "*.tftest.hcl").Select(file => Path.GetFileName(file)).Where(chosen).ToArray();

        var output = await folder.SucceedAsync(["test", "-no-color", .. files.Select(file => $"-filter=tests/{file}")]);

        Assert.NotEmpty(files);
        Assert.Contains(" passed, 0 failed", output, StringComparison.Ordinal);
    }

    private static async Task<IReadOnlyList<string>> ResourcesAsync(TerraformFolder folder) =>
        [.. (await folder.SucceedAsync("state", "list")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(IsResource)];

    private static async Task<string[]> CreateNetworkAsync(TerraformFolder folder)
    {
        var network = folder.In("tests/existing_vpc");
        network.Write("provider.tf", "provider \"aws\" {\n  region = \"us-east-1\"\n}\n");
        await network.SucceedAsync("init", "-no-color");
        await network.SucceedAsync("apply", "-no-color", "-auto-approve");
        using var outputs = JsonDocument.Parse(await network.SucceedAsync("output", "-json"));
        string Value(string name) => outputs.RootElement.GetProperty(name).GetProperty("value").GetRawText();
        return
        [
            $"-var=vpc_id={Value("vpc_id").Trim('"')}", $"-var=private_subnet_ids={Value("private_subnet_ids")}", $"-var=s3_prefix_list_id={Value("s3_prefix_list_id").Trim('"')}",
            $"-var=existing_endpoint_security_group_ids=[{Value("endpoint_security_group_id")}]",
        ];
    }

    private static bool IsResource(string address) => !address.Contains(".data.", StringComparison.Ordinal) && !address.StartsWith("data.", StringComparison.Ordinal);
}
