using System.Text.Json;
using BuildPipeline.EndToEnd.Tests.Pipeline;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.EndToEnd.Tests.Infra;

/// <summary>Terraform without the pipeline: the commands of the seed as they are written, and what follows from them.</summary>
[Trait("Tier", "all")]
public sealed class TerraformAloneTests(TerraformSandbox sandbox) : IClassFixture<TerraformSandbox>
{
    private const string Bucket = "finetune-dev-000000000000-us-east-1";
    private const string Job = "module.training_job[0].aws_sagemaker_training_job.this";

    [Theory]
    [InlineData("seed.sh")]
    [InlineData("empty-bucket.sh")]
    public void Given_AScriptOfTheseTests_When_TheReadmeIsRead_Then_ItHasTheSameCommands(string script)
    {
        var readme = File.ReadAllText(Path.Combine(Workplace.Root, "infra", "README.md"));

        var commands = File.ReadLines(Script(script)).Where(line => line.Length > 0 && line[0] != '#' && !line.StartsWith("set ", StringComparison.Ordinal) && !line.StartsWith("BUCKET=", StringComparison.Ordinal)).ToList();

        Assert.True(commands.Count > 3, script);
        Assert.All(commands, command => Assert.Contains(command, readme, StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task Given_AFreshCheckout_When_TheSeedsCommandsRun_Then_AJobTrainsAndOnlyTheBucketWithItsObjectsResistsDestroy()
    {
        Skip.IfNot(await ExternalTool.WorksAsync("aws", "--version"), "The aws command line is not installed, so the commands of the seed were not run.");
        var folder = sandbox.Copy("seed");
        var before = await sandbox.ResourceTypesAsync();

        var (seed, output) = await folder.ScriptAsync(Script("seed.sh"));

        Assert.True(seed == 1, output);
        Assert.Contains("\"TrainingJobStatus\": \"Completed\"", output, StringComparison.Ordinal);
        Assert.Contains("/manifest.json", output, StringComparison.Ordinal);
        Assert.Contains("BucketNotEmpty", output, StringComparison.Ordinal);
        Assert.DoesNotContain("aws_sagemaker_training_job", await folder.SucceedAsync("state", "list"), StringComparison.Ordinal);

        var (emptied, text) = await folder.ScriptAsync(Script("empty-bucket.sh"), Bucket);
        Assert.True(emptied == 0, text);
        await folder.SucceedAsync("destroy", "-no-color", "-auto-approve");
        Assert.Equal(before.Order(), (await sandbox.ResourceTypesAsync()).Order());
    }

    [SkippableFact]
    public async Task Given_AJobThatTerraformSubmitted_When_AppliedAgain_Then_NothingChangesUntilWhatItRunsDoes()
    {
        var folder = sandbox.Copy("job");
        await folder.SucceedAsync("init", "-no-color");
        string[] values = [.. Quick, "-var=name_prefix=again", "-var=environment=job"];
        await folder.SucceedAsync(["apply", "-no-color", "-auto-approve", .. values]);
        var name = (await folder.SucceedAsync("output", "-raw", "training_job_name")).Trim();

        var (unchanged, changes) = await folder.RunAsync(["plan", "-no-color", "-detailed-exitcode", .. values]);
        Assert.True(unchanged == 0, changes);

        // A network that was replaced around a job that has run is no reason to run it again.
        Assert.Equal("no-op", await JobActionAsync(folder, [.. values, "-var=availability_zone_count=2"]));
        Assert.Equal("delete,create", await JobActionAsync(folder, [.. values, "-var=training_job_attempt=2"]));
        Assert.Equal("delete,create", await JobActionAsync(folder, [.. values, "-var=hyperparameters={total_steps=\"10\"}"]));
        folder.Write("../training/train.py", "print(1)");
        var edited = await folder.PlanAsync(values);
        Assert.Equal("delete,create", ActionOf(edited));
        Assert.NotEqual(name, edited.GetProperty("planned_values").GetProperty("outputs").GetProperty("training_job_name").GetProperty("value").GetString());
        Assert.Equal("delete", await JobActionAsync(folder, [.. values, "-var=training_job_submitter=pipeline"]));
    }

    [SkippableTheory]
    [InlineData("is unknown", "-var=instance_type=ml.m5.xlarge")]
    [InlineData("is unknown", "-var=region=eu-west-1")]
    [InlineData("is over max_run_cost_usd", "-var=max_run_cost_usd=0.5")]
    [InlineData("over max_usd_per_node_hour", "-var=max_usd_per_node_hour=1")]
    [InlineData("over the team's usd_per_run", "-var=teams={research={usd_per_run=0.5}}")]
    [InlineData("over the team's max_nodes", "-var=teams={research={max_nodes=1}}", "-var=instance_count=2", "-var=max_run_cost_usd=50")]
    [InlineData("of no family that the team may use", "-var=teams={research={instance_families=[\"p4d\"]}}")]
    [InlineData("Only the pipeline keeps to usd_per_month", "-var=teams={research={usd_per_month=100}}")]
    [InlineData("Only the pipeline keeps to instance_fallbacks", "-var=instance_fallbacks=[{instance_type=\"ml.g5.2xlarge\"}]")]
    [InlineData("Only the pipeline keeps to deadline_hours", "-var=deadline_hours=2")]
    [InlineData("Only the pipeline keeps to checkpoint_interval_seconds", "-var-file=examples/auto-checkpoints.tfvars")]
    [InlineData("no file to upload in no-such-folder", "-var=training_data_uri=no-such-folder")]
    public async Task Given_AJobThatTerraformMustNotSubmit_When_Planned_Then_ThePlanFailsWithTheReason(string reason, params string[] options)
    {
        var folder = sandbox.Copy($"refused-{Guid.NewGuid():N}");
        await folder.SucceedAsync("init", "-no-color");

        var (exitCode, output) = await folder.RunAsync(["plan", "-no-color", .. Quick, .. options]);

        Assert.Equal(1, exitCode);
        Assert.Contains("Resource precondition failed", output, StringComparison.Ordinal);
        Assert.Contains(reason, string.Join(' ', output.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    /// <summary>A script of this folder.</summary>
    internal static string Script(string name) => Path.Combine(Workplace.Root, "tests", "EndToEnd.Tests", "Infra", name);

    private static string[] Quick =>
    [
        "-var-file=terraform.tfvars.example", $"-var-file={Path.Combine(Workplace.Root, "tests", "EndToEnd.Tests", "quick.tfvars")}", "-var=enable_training_job=true",
    ];

    private static async Task<string> JobActionAsync(TerraformFolder folder, string[] values) => ActionOf(await folder.PlanAsync(values));

    private static string ActionOf(JsonElement plan) => string.Join(',', plan.GetProperty("resource_changes").EnumerateArray()
        .Single(change => change.GetProperty("address").GetString() == Job).GetProperty("change").GetProperty("actions").EnumerateArray().Select(action => action.GetString()));
}
