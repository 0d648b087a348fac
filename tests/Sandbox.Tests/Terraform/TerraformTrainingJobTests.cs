using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.Sandbox.Tests.Terraform;

/// <summary>A training job of terraform is one of the sandbox's SageMaker.</summary>
public sealed class TerraformTrainingJobTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    private const string Name = "terraform-job";
    private const string Twin = "client-job";

    private static readonly string[] Described =
    [
        "AlgorithmSpecification", "HyperParameters", "InfraCheckConfig", "InputDataConfig", "OutputDataConfig", "ResourceConfig",
        "RetryStrategy", "RoleArn", "StoppingCondition",
    ];

    [SkippableFact]
    public async Task Given_a_training_job_When_applied_Then_it_ran_its_tags_drift_and_one_of_another_client_is_imported_and_destroyed()
    {
        using var terraform = await TerraformFolder.OfFixtureAsync(sandbox, "job");
        await terraform.ApplyAsync();
        var job = await DescribeAsync();
        var arn = (string)job["TrainingJobArn"]!;
        var tags = await TagsAsync(arn);
        await terraform.PlanFindsNoChangesAsync();

        await sandbox.CallSageMakerAsync("AddTags", new JsonObject
        {
            ["ResourceArn"] = arn,
            ["Tags"] = new JsonArray(new JsonObject { ["Key"] = "purpose", ["Value"] = "changed" }),
        });
        var drift = await terraform.PlanActionsAsync();
        await terraform.RunAsync("apply", "-input=false", "saved.tfplan");
        var mended = await TagsAsync(arn);
        await terraform.ApplyAsync("""-var=tags={"owner":"job"}""");
        var retagged = await TagsAsync(arn);
        await terraform.ApplyAsync();

        await CreateTwinAsync(job);
        await terraform.RunAsync("state", "rm", "aws_sagemaker_training_job.a");
        await terraform.RunAsync("import", $"-var=name={Twin}", "aws_sagemaker_training_job.a", Twin);
        await terraform.PlanFindsNoChangesAsync($"-var=name={Twin}");
        await terraform.DestroyAsync();
        var left = await sandbox.CallSageMakerAsync("ListTrainingJobs", []);
        await ForgetAsync();

        Assert.Equal("Completed", (string)job["TrainingJobStatus"]!);
        Assert.Equal(("20", 30), ((string)job["HyperParameters"]!["total_steps"]!, (int)job["ResourceConfig"]!["VolumeSizeInGB"]!));
        Assert.Equal(
            ("""{"MaximumRetryAttempts":2}""", """{"EnableInfraCheck":true}"""),
            (job["RetryStrategy"]!.ToJsonString(), job["InfraCheckConfig"]!.ToJsonString()));
        Assert.Equal("owner=provider purpose=test team=tests", tags);
        Assert.Equal(tags, mended);
        Assert.Equal("owner=job team=tests", retagged);
        Assert.Equal(new Dictionary<string, string> { ["aws_sagemaker_training_job.a"] = "update" }, drift);
        Assert.Equal([Name], left["TrainingJobSummaries"]!.AsArray().Select(summary => (string)summary!["TrainingJobName"]!));
    }

    [SkippableTheory]
    [InlineData("-var=total_steps=none", "unexpected state 'Failed'")]
    [InlineData("-var=keep_alive=600", "KeepAlivePeriodInSeconds")]
    [InlineData("-var=create_timeout=soon", "must be a duration")]
    public async Task Given_a_job_that_fails_or_is_refused_When_applied_Then_the_apply_fails_with_the_reason(string variable, string reason)
    {
        using var terraform = await TerraformFolder.OfFixtureAsync(sandbox, "job");

        var (exitCode, output) = await terraform.TryAsync("apply", "-auto-approve", "-input=false", "-json", variable);
        await terraform.DestroyAsync();
        await ForgetAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains(
            TerraformFolder.DiagnosticsOf(output), error => ((string)error["summary"]!).Contains(reason, StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task Given_a_job_that_outlasts_its_timeout_When_applied_Then_the_apply_fails_and_the_job_still_runs_outside_the_state()
    {
        using var terraform = await TerraformFolder.OfFixtureAsync(sandbox, "job");

        var (exitCode, output) = await terraform.TryAsync("apply", "-auto-approve", "-input=false", "-var=total_steps=100000000", "-var=create_timeout=300ms");
        var job = await DescribeAsync();
        var state = await terraform.RunAsync("state", "list");
        await sandbox.CallSageMakerAsync("StopTrainingJob", new JsonObject { ["TrainingJobName"] = Name });
        while ((string)(await DescribeAsync())["TrainingJobStatus"]! == "Stopping")
        {
            await Task.Delay(50);
        }

        await terraform.DestroyAsync();
        await ForgetAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains("timeout: 0.3s", output, StringComparison.Ordinal);
        Assert.Equal("InProgress", (string)job["TrainingJobStatus"]!);
        Assert.DoesNotContain("aws_sagemaker_training_job", state, StringComparison.Ordinal);
    }

    /// <summary>A client makes a job like another one.</summary>
    private Task<JsonNode> CreateTwinAsync(JsonNode job)
    {
        var request = new JsonObject(Described.Select(member => KeyValuePair.Create(member, (JsonNode?)job[member]!.DeepClone())))
        {
            ["TrainingJobName"] = Twin,
            ["Tags"] = new JsonArray([.. new[] { ("owner", "provider"), ("purpose", "test"), ("team", "tests") }
                .Select(tag => new JsonObject { ["Key"] = tag.Item1, ["Value"] = tag.Item2 })]),
        };
        return sandbox.CallSageMakerAsync("CreateTrainingJob", request);
    }

    private async Task<string> TagsAsync(string arn)
    {
        var tags = (await sandbox.CallSageMakerAsync("ListTags", new JsonObject { ["ResourceArn"] = arn }))["Tags"]!.AsArray();
        return string.Join(' ', tags.Select(tag => $"{tag!["Key"]}={tag["Value"]}").Order(StringComparer.Ordinal));
    }

    private Task<JsonNode> DescribeAsync() => sandbox.CallSageMakerAsync("DescribeTrainingJob", new JsonObject { ["TrainingJobName"] = Name });

    // As with the real provider, a job that failed is not in terraform's state.
    private async Task ForgetAsync()
    {
        foreach (var job in (await sandbox.CallSageMakerAsync("ListTrainingJobs", []))["TrainingJobSummaries"]!.AsArray())
        {
            await sandbox.CallSageMakerAsync("DeleteTrainingJob", new JsonObject { ["TrainingJobName"] = (string)job!["TrainingJobName"]! });
        }
    }
}
