using System.Net.Http.Json;
using BuildPipeline.EndToEnd.Tests.Pipeline;

namespace BuildPipeline.EndToEnd.Tests.Workflows;

public sealed class WorkflowTests : IAsyncLifetime
{
    private readonly Workplace _place = new();

    public static TheoryData<string> Files => ["ci.yml", "plan.yml", "launch.yml", "watch.yml", "cleanup.yml"];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _place.DisposeAsync();

    [TerraformFact(needsBash: true)]
    [Trait("Tier", "all")]
    public async Task Given_TheLaunchWorkflow_When_ItsLinesRunInOrder_Then_TheApprovedDigestIsLaunchedAndAnotherIsRefused()
    {
        var workflow = Workflow.Read("launch.yml");
        var values = new Dictionary<string, string> { ["inputs.environment"] = "sandbox", ["inputs.job"] = "small", ["github.token"] = "none", ["vars.AWS_LAUNCH_ROLE_ARN"] = "", ["vars.AWS_REGION"] = "us-east-1" };

        foreach (var step in workflow.RunSteps("plan"))
        {
            var outputs = _place.Write("plan-outputs", "");
            (await RunAsync(step, values, outputs)).ShouldExitWith(0);
            TakeOutputs(values, $"steps.{step.Id}.outputs.", outputs);
        }

        foreach (var (name, expression) in workflow.Outputs("plan"))
        {
            values[$"needs.plan.outputs.{name}"] = Workflow.Evaluate(expression, values);
        }

        Assert.Equal("gpu-spend", workflow.EnvironmentOf("launch"));
        var (launch, scan) = (workflow.RunSteps("launch")[0], workflow.RunSteps("launch")[1]);
        Assert.Equal(("scan", 2), (scan.Id, workflow.RunSteps("launch").Count));
        var other = new Dictionary<string, string>(values) { ["needs.plan.outputs.digest"] = new string('0', 64) };
        (await RunAsync(launch, other, _place.Write("other-outputs", ""))).ShouldExitWith(4, "BP1301");
        Assert.Empty(await _place.JobsAsync());

        var job = Workflow.Evaluate(workflow.NameOf("launch"), values);
        string[] environments = [workflow.EnvironmentOf("launch")!];
        await TellGitHubAsync("environments/gpu-spend", new { reviewers = Array.Empty<string>() });
        await TellGitHubAsync("actions/runs/1", new { actor = "octocat", jobs = new[] { job }, reviews = new[] { Review("reviewer") } });
        (await RunAsync(launch, values, _place.Write("unprotected-outputs", ""))).ShouldExitWith(4, "BP1311");
        await TellGitHubAsync("environments/gpu-spend", new { reviewers = new[] { "octocat", "reviewer" } });
        await TellGitHubAsync("actions/runs/1", new { actor = "octocat", jobs = new[] { job }, reviews = new[] { Review("octocat") } });
        (await RunAsync(launch, values, _place.Write("self-outputs", ""))).ShouldExitWith(4, "BP1313");
        Assert.Empty(await _place.JobsAsync());

        await TellGitHubAsync("actions/runs/1", new { actor = "octocat", jobs = new[] { job }, reviews = new[] { Review("octocat"), Review("reviewer") } });
        (await RunAsync(launch, values, _place.Write("launch-outputs", ""))).ShouldExitWith(0);
        (await RunAsync(scan, values, _place.Write("scan-outputs", ""))).ShouldExitWith(0);

        Assert.Equal(values["needs.plan.outputs.run_id"], _place.LatestRunId);
        var approval = _place.Run.GetProperty("approval");
        Assert.Equal(values["needs.plan.outputs.digest"], approval.GetProperty("digest").GetString());
        Assert.Equal(("git_hub_environment", "reviewer"), (approval.GetProperty("source").GetString(), approval.GetProperty("approver").GetString()));
        var review = approval.GetProperty("review");
        Assert.Equal(("gpu-spend", "octocat", "looks fine"), (review.GetProperty("environment").GetString(), review.GetProperty("requested_by").GetString(), review.GetProperty("comment").GetString()));
        (await _place.BuildAsync("--target=Verify", $"--approval-key={_place.RunFile("approval-key.pem")}")).ShouldExitWith(0);
        Assert.Contains("Training completed and validated", await File.ReadAllTextAsync(PagePath), StringComparison.Ordinal);

        object Review(string reviewer) => new { environments, state = "approved", reviewer, comment = "looks fine" };
    }

    private async Task TellGitHubAsync(string what, object value)
    {
        using var http = new HttpClient();
        (await http.PutAsJsonAsync(new Uri(_place.Sandbox().Url, $"/_sandbox/github/repos/octocat/finetune/{what}"), value)).EnsureSuccessStatusCode();
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Given_AWorkflow_When_Read_Then_EachStepIsOneCallAndEachActionIsPinnedByCommit(string file)
    {
        var workflow = Workflow.Read(file);

        foreach (var job in workflow.Jobs)
        {
            Assert.All(workflow.Uses(job), uses => Assert.Matches("^[a-z-]+/[a-z-]+@[0-9a-f]{40}$", uses));
            Assert.All(workflow.RunSteps(job), step =>
            {
                Assert.Matches(@"^\./(build\.(sh|ps1) [^\n;|&`]*|\.ci/run [^\n;|&`]*)\n?$", step.Command);
                Assert.DoesNotContain("${{", step.Command, StringComparison.Ordinal);
            });
        }
    }

    private string PagePath => Path.Combine(_place.ArtifactsFolder, "page.md");

    // What Actions gives to a step, with this test's folders beside it.
    private async Task<Result> RunAsync(RunStep step, Dictionary<string, string> values, string outputs)
    {
        Directory.CreateDirectory(_place.ArtifactsFolder);
        var environment = step.Environment.ToDictionary(pair => pair.Key, pair => Workflow.Evaluate(pair.Value, values));
        environment["CI"] = "true";
        environment["GITHUB_ACTIONS"] = "true";
        environment["GITHUB_ACTOR"] = "octocat";
        environment["GITHUB_REPOSITORY"] = "octocat/finetune";
        environment["GITHUB_RUN_ID"] = "1";
        environment["GITHUB_RUN_ATTEMPT"] = "1";
        environment["GITHUB_OUTPUT"] = outputs;
        environment["GITHUB_STEP_SUMMARY"] = PagePath;
        var line = $"{step.Command.Trim()} --artifacts='{_place.ArtifactsFolder}' --sandbox-state='{_place.SandboxState}'";
        return await Workplace.EndAsync(Workplace.StartShell(line, environment));
    }

    private static void TakeOutputs(Dictionary<string, string> values, string prefix, string file)
    {
        foreach (var line in File.ReadAllLines(file))
        {
            var parts = line.Split('=', 2);
            values[prefix + parts[0]] = parts[1];
        }
    }
}
