using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using BuildPipeline.EndToEnd.Tests.Infra;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.EndToEnd.Tests.Pipeline;

/// <summary>Commands that the pipeline suggests, run as printed, in an environment that is not the sandbox's own although its account is.</summary>
[Trait("Tier", "all")]
public sealed class SuggestedCommandTests : IAsyncLifetime
{
    private const string Name = "suggested-commands";
    private const string StateBucket = "suggested-commands-state";

    private readonly Workplace _place = new();
    private Dictionary<string, string> _account = [];

    private static string Environments => Path.Combine(Workplace.Root, "infra", "environments");

    public async Task InitializeAsync()
    {
        _place.ArtifactsFolder += " of o'neil";
        await _place.HostSandboxAsync();
        var sandbox = _place.Sandbox();
        var url = sandbox.Url.ToString().TrimEnd('/');
        _account = new()
        {
            ["AWS_ENDPOINT_URL"] = url,
            ["AWS_ENDPOINT_URL_PRICING"] = url,
            ["AWS_ACCESS_KEY_ID"] = "sandbox",
            ["AWS_SECRET_ACCESS_KEY"] = "sandbox",
            ["AWS_REGION"] = "us-east-1",
            ["TF_REATTACH_PROVIDERS"] = Checkout.Reattach(sandbox),
        };
        var values = await File.ReadAllTextAsync(Path.Combine(Environments, "sandbox.tfvars"));
        await File.WriteAllTextAsync(Path.Combine(Environments, $"{Name}.tfvars"), values.Replace("sandbox/builtin", "registry.invalid/finetune:1", StringComparison.Ordinal));
        var backend = await File.ReadAllTextAsync(Path.Combine(Environments, "sandbox.s3.tfbackend"));
        await File.WriteAllTextAsync(Path.Combine(Environments, $"{Name}.s3.tfbackend"), backend.Replace("sandbox-terraform-state", StateBucket, StringComparison.Ordinal));
    }

    public async Task DisposeAsync()
    {
        File.Delete(Path.Combine(Environments, $"{Name}.tfvars"));
        File.Delete(Path.Combine(Environments, $"{Name}.s3.tfbackend"));
        await _place.DisposeAsync();
    }

    [TerraformFact(needsBash: true)]
    public async Task Given_AnotherEnvironment_When_EachSuggestedCommandIsRunAsPrinted_Then_ItWorksOnTheRunThatItIsAbout()
    {
        (await BuildAsync("Bootstrap")).ShouldExitWith(0).ShouldContain("set now");
        Assert.DoesNotContain("set now", (await BuildAsync("Bootstrap")).ShouldExitWith(0).Output, StringComparison.Ordinal);
        var unapproved = (await BuildAsync("Launch")).ShouldExitWith(4);
        (await RunAsync(unapproved, "Approve")).ShouldExitWith(0);
        (await BuildAsync("Stop")).ShouldExitWith(2, "BP1731");
        (await RunAsync((await BuildAsync("Status")).ShouldExitWith(0), "Launch", "--help")).ShouldExitWith(0);
        (await BuildAsync("Apply", "--run=latest")).ShouldExitWith(0);

        await StartJobAsync("sh", "-c", "echo no-such-data; exit 3");
        var failed = (await RunAsync((await BuildAsync("Status")).ShouldExitWith(0), "Launch")).ShouldExitWith(1);
        (await RunAsync(failed, "Logs")).ShouldExitWith(0).ShouldContain("no-such-data");
        var over = (await BuildAsync("Launch", "--run=latest")).ShouldExitWith(1, "BP1730");
        (await RunAsync(over, "Launch", "--var=max_run_cost_usd=0.01")).ShouldExitWith(3);

        (await RunAsync((await BuildAsync("Launch")).ShouldExitWith(4), "Approve")).ShouldExitWith(0);
        await StartJobAsync("sleep", "600");
        var detached = (await BuildAsync("Launch", "--run=latest", "--detach")).ShouldExitWith(75);
        (await RunAsync(detached, "Stop")).ShouldExitWith(0);
        (await RunAsync(detached, "Launch")).ShouldExitWith(6);
        (await RunAsync((await BuildAsync("Cleanup")).ShouldExitWith(0), "Cleanup")).ShouldExitWith(0);
    }

    private Task<Result> BuildAsync(string target, params string[] options) =>
        Workplace.EndAsync(_place.Start([$"--target={target}", $"--environment={Name}", .. options], _account));

    // As a person copies it: from the script to the end of the line, and perhaps an option behind it.
    private Task<Result> RunAsync(Result ended, string target, string further = "")
    {
        var command = Regex.Matches(ended.Output, $@"\S*build\.sh --target={target} .*").Select(match => match.Value.Trim()).Distinct().Single();
        return Workplace.EndAsync(Workplace.StartShell($"{command} {further}", _account));
    }

    // A job under the name and the tags of the newest run, as a launch leaves it whose machine is lost; the sandbox has no such image.
    private async Task StartJobAsync(params string[] program)
    {
        var run = _place.Run;
        var job = run.GetProperty("job");
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, _place.Sandbox().Url);
        request.Headers.Add("X-Amz-Target", "SageMaker.CreateTrainingJob");
        request.Content = JsonContent.Create(
            new
            {
                TrainingJobName = $"{job.GetProperty("name").GetString()}-{run.GetProperty("run_id").GetString()}",
                RoleArn = job.GetProperty("role_arn").GetString(),
                AlgorithmSpecification = new { TrainingImage = "sandbox/python", TrainingInputMode = "File", ContainerEntrypoint = program },
                OutputDataConfig = new { S3OutputPath = $"s3://{job.GetProperty("artifact_bucket").GetString()}/runs/{run.GetProperty("run_id").GetString()}/output" },
                ResourceConfig = new { InstanceType = job.GetProperty("instance_type").GetString(), InstanceCount = 1, VolumeSizeInGB = 30 },
                StoppingCondition = new { MaxRuntimeInSeconds = 600 },
                Tags = new[]
                {
                    new { Key = "pipeline:run-id", Value = run.GetProperty("run_id").GetString() },
                    new { Key = "pipeline:digest", Value = run.GetProperty("approval").GetProperty("digest").GetString() },
                },
            },
            new System.Net.Http.Headers.MediaTypeHeaderValue("application/x-amz-json-1.1"),
            new JsonSerializerOptions());
        using var answer = await http.SendAsync(await new RequestSignature("sagemaker").SignAsync(request, _place.Sandbox().Url));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}
