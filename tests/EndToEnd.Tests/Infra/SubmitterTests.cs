using System.Text.Json;
using BuildPipeline.EndToEnd.Tests.Pipeline;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.EndToEnd.Tests.Infra;

/// <summary>The same job from both submitters, on the same network, bucket, key and role.</summary>
[Trait("Tier", "all")]
public sealed class SubmitterTests(SharedWorkplace shared) : IClassFixture<SharedWorkplace>, IDisposable
{
    // What the request of one may have and that of the other not; everything else is equal.
    private static readonly string[] Allowed =
    [
        "CheckpointConfig.S3Uri", // has the run's id
        "OutputDataConfig.S3OutputPath", // has the run's id
        "InputDataConfig.0.DataSource.S3DataSource.S3Uri", // named by another digest of the same files
        "InputDataConfig.1.DataSource.S3DataSource.S3Uri", // named by another digest of the same files
        "Environment.PIPELINE_RUN_ID", // the run's id
        "Environment.PIPELINE_CODE_SHA256", // Terraform knows no sizes, which the pipeline's digest covers
        "Environment.PIPELINE_CODE_MARKS",
        "Environment.PIPELINE_DATA_SHA256_TRAIN",
        "Environment.PIPELINE_DATA_MARKS_TRAIN",
    ];

    // Members of DescribeTrainingJob that are not of the request.
    private static readonly string[] Requested =
    [
        "AlgorithmSpecification", "CheckpointConfig", "EnableInterContainerTrafficEncryption", "EnableManagedSpotTraining", "EnableNetworkIsolation", "Environment",
        "HyperParameters", "InputDataConfig", "OutputDataConfig", "ResourceConfig", "RoleArn", "StoppingCondition", "VpcConfig",
        "RetryStrategy", "InfraCheckConfig", "MlflowConfig", "ExperimentConfig", "DebugHookConfig", "ProfilerConfig", "TensorBoardOutputConfig",
    ];

    private static readonly string[] ServiceOptions = ["-var=max_retry_attempts=2", "-var=enable_infra_check=true"];

    private readonly Workplace _place = shared.Place;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("submitter-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [TerraformFact]
    public async Task Given_OneConfiguration_When_ThePipelineAndTerraformSubmitIt_Then_TheRequestsAreEqualButForTheListedMembers()
    {
        (await _place.QuickAsync(["--target=Launch", .. ServiceOptions.Select(option => $"-{option}")])).ShouldExitWith(0);
        var byPipeline = await DescribeAsync(Assert.Single(await _place.JobsAsync()));
        await _place.FaultsAsync(new { service = "sagemaker", kind = "job_internal_error" });
        var terraform = Terraform();
        terraform.Write("backend.tf", "terraform {\n  backend \"s3\" {}\n}\n");
        await terraform.SucceedAsync("init", "-no-color", "-backend-config=environments/sandbox.s3.tfbackend");
        await terraform.SucceedAsync(["apply", "-no-color", "-auto-approve", "-var-file=environments/sandbox.tfvars", Workplace.Quick[1..], .. ServiceOptions, "-var=training_job_submitter=terraform"]);
        var byTerraform = await DescribeAsync((await terraform.SucceedAsync("output", "-raw", "training_job_name")).Trim());

        var (first, second) = (Flat(byPipeline), Flat(byTerraform));
        var different = first.Keys.Union(second.Keys).Where(path => first.GetValueOrDefault(path) != second.GetValueOrDefault(path)).Order(StringComparer.Ordinal).ToList();

        Assert.Equal(Allowed.Order(StringComparer.Ordinal), different);
        Assert.True(first.Count > 30, string.Join(", ", first.Keys));

        Assert.Equal(("2", "true"), (second["RetryStrategy.MaximumRetryAttempts"], second["InfraCheckConfig.EnableInfraCheck"]));

        await AdoptAsync(byPipeline.GetProperty("TrainingJobName").GetString()!, byTerraform.GetProperty("TrainingJobName").GetString()!);

        // What the pipeline would do to a job of Terraform: destroy one that has ended, and refuse one that runs.
        (await _place.QuickAsync("--target=CostGate")).ShouldExitWith(0);
        Assert.Equal([byTerraform.GetProperty("TrainingJobName").GetString()], _place.Run.GetProperty("plan").GetProperty("destroyed_training_jobs").EnumerateArray().Select(name => name.GetString()));
    }

    private async Task AdoptAsync(string ofPipeline, string ofTerraform)
    {
        (await _place.BuildAsync("--target=Status", $"--adopt={ofPipeline}")).ShouldExitWith(2, "BP1541");
        (await _place.BuildAsync("--target=Status", $"--adopt={ofTerraform}")).ShouldExitWith(0).ShouldContain("1 retry", "nobody here");
        (await _place.BuildAsync("--target=Validate", $"--adopt={ofTerraform}")).ShouldExitWith(0).ShouldContain("approval, not checked");
        (await _place.BuildAsync("--target=Validate", $"--adopt={ofTerraform}")).ShouldExitWith(0);
        (await _place.BuildAsync("--target=Summary", $"--adopt={ofTerraform}")).ShouldExitWith(0);
        var receipt = (await _place.BuildAsync("--target=Status", $"--adopt={ofTerraform}")).ShouldExitWith(0).Output;
        Assert.Contains(ofTerraform, receipt, StringComparison.Ordinal);
    }

    private TerraformFolder Terraform()
    {
        Checkout.CopyTo(_folder.FullName);
        return new TerraformFolder(Path.Combine(_folder.FullName, "infra"), "submitter", Checkout.Environment(_folder.FullName, _place.Sandbox()));
    }

    private async Task<JsonElement> DescribeAsync(string name)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, _place.Sandbox().Url);
        request.Headers.Add("X-Amz-Target", "SageMaker.DescribeTrainingJob");
        request.Content = new StringContent($$"""{"TrainingJobName":"{{name}}"}""", null, "application/x-amz-json-1.1");
        using var answer = await http.SendAsync(await new RequestSignature("sagemaker").SignAsync(request, _place.Sandbox().Url));
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.Clone();
    }

    private static Dictionary<string, string> Flat(JsonElement job) =>
        Requested.Where(member => job.TryGetProperty(member, out _)).SelectMany(member => Flat(member, job.GetProperty(member))).ToDictionary();

    private static IEnumerable<KeyValuePair<string, string>> Flat(string path, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().SelectMany(member => Flat($"{path}.{member.Name}", member.Value)),
        JsonValueKind.Array => value.EnumerateArray().Index().SelectMany(item => Flat($"{path}.{item.Index}", item.Item)),
        _ => [KeyValuePair.Create(path, value.GetRawText())],
    };
}
