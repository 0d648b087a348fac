using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.SageMaker.Images;
using BuildPipeline.Sandbox.SageMaker.Jobs;
using BuildPipeline.Sandbox.SageMaker.Nodes;
using BuildPipeline.Sandbox.Tests.Models;

namespace BuildPipeline.Sandbox.Tests.SageMaker;

/// <summary>What a job's programs see of their node, by what the machine can keep them in.</summary>
public sealed class NodeViewTests
{
    private static readonly NodeIsolation Full = new(Mounts: true, Networks: true, AsUser: false);

    private static readonly TrainingImages Images = new(new Dictionary<string, Func<TrainingImage>>
    {
        ["sandbox/builtin"] = () => new("train") { TakesEntrypoint = true },
    });

    [Fact]
    public async Task Given_mounts_When_a_job_names_opt_ml_Then_its_programs_see_it_as_it_is_written()
    {
        await using var harness = new JobHarness(images: Images);
        harness.Runner.Isolation = Full;
        await harness.SubmitAsync(Request("cd /opt/ml/model", "/opt/ml/a:/opt/ml/b"));
        await harness.ToTrainingAsync();
        var node = harness.Runner.Current[0];

        Assert.Equal(["-c", "cd /opt/ml/model"], node.Launch.Arguments);
        Assert.Equal(("/opt/ml", "/opt/ml/a:/opt/ml/b"), (node.Launch.Environment["SAGEMAKER_BASE_DIR"], node.Launch.Environment["FOLDERS"]));
        Assert.Equal("""{"LocalPath":"/opt/ml/checkpoints"}""", File.ReadAllText(Path.Combine(node.Root, "input", "config", "checkpointconfig.json")));
        Assert.Equal("""{"out":"/opt/ml/model"}""", File.ReadAllText(Path.Combine(node.Root, "input", "config", "hyperparameters.json")));
    }

    [Fact]
    public async Task Given_no_mounts_When_a_job_names_opt_ml_Then_its_programs_get_the_nodes_folder()
    {
        await using var harness = new JobHarness(images: Images);
        await harness.SubmitAsync(Request("/opt/ml/input/data/code/train.sh", "/opt/ml/a"));
        await harness.ToTrainingAsync();
        var node = harness.Runner.Current[1];

        Assert.Equal(["-c", node.Root + "/input/data/code/train.sh"], node.Launch.Arguments);
        Assert.Equal((node.Root, node.Root + "/a"), (node.Launch.Environment["SAGEMAKER_BASE_DIR"], node.Launch.Environment["FOLDERS"]));
        var hyperparameters = JsonNode.Parse(File.ReadAllText(Path.Combine(node.Root, "input", "config", "hyperparameters.json")))!;
        Assert.Equal(node.Root + "/model", hyperparameters["out"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("cd /opt/ml/model", "/opt/ml/a", "command")]
    [InlineData("train", "/opt/ml/a:/opt/ml/b", "environment variable 'FOLDERS'")]
    public async Task Given_no_mounts_When_a_text_cannot_be_mapped_Then_the_job_fails_and_names_it(string argument, string folders, string named)
    {
        await using var harness = new JobHarness(images: Images);
        await harness.SubmitAsync(Request(argument, folders));
        await harness.PassAsync(1);
        await harness.UntilAsync(job => job.IsOver);

        Assert.StartsWith($"ClientError: the {named} names /opt/ml", harness.Job().FailureReason, StringComparison.Ordinal);
        Assert.Empty(harness.Runner.Nodes);
    }

    [Theory]
    [Effect("CreateTrainingJob", "EnableNetworkIsolation")]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Given_network_isolation_When_the_machine_can_or_cannot_enforce_it_Then_the_nodes_share_a_network_or_the_job_says_so(bool asked, bool can)
    {
        await using var harness = new JobHarness();
        harness.Runner.Isolation = Full with { Networks = can };
        var request = JobHarness.Request();
        request["EnableNetworkIsolation"] = asked;
        await harness.SubmitAsync(request);
        await harness.ToTrainingAsync();

        Assert.All(harness.Runner.Current, node => Assert.Equal(asked && can ? 1 : null, node.Launch.Network));
        Assert.Equal(asked && !can ? "EnableNetworkIsolation" : null, NotEnforced.Find(harness.Job().Transitions[^1].StatusMessage)?.Member);
        foreach (var node in harness.Runner.Current)
        {
            node.End(0);
        }

        await harness.UntilAsync(job => job.IsOver);
        Assert.Equal(JobStatus.Completed, harness.Job().Status);

        // The network is given back after the job's end is stored.
        await harness.Scheduler.ForgetAsync(harness.Job().Arn);
        Assert.Equal(asked && can, harness.Runner.Networks is [{ IsDisposed: true }]);
    }

    private static JsonObject Request(string argument, string folders)
    {
        var request = JobHarness.Request();
        request["AlgorithmSpecification"]!["ContainerEntrypoint"] = new JsonArray("sh", "-c");
        request["AlgorithmSpecification"]!["ContainerArguments"] = new JsonArray(argument);
        request["Environment"] = new JsonObject { ["FOLDERS"] = folders };
        request["HyperParameters"] = new JsonObject { ["out"] = "/opt/ml/model" };
        return request;
    }
}
