using System.Text.Json;
using BuildPipeline.Checkpoints;
using BuildPipeline.Prices;
using BuildPipeline.Terraform;

namespace BuildPipeline.Pipeline.Tests.Terraform;

/// <summary>Numbers that Terraform accepts and no pipeline can use are an error with a name, not a text of the runtime.</summary>
public sealed class TerraformNumbersTests : IDisposable
{
    private readonly string _planFile = Path.GetTempFileName();

    public void Dispose() => File.Delete(_planFile);

    [Theory]
    [InlineData("cost_policy", "max_run_cost_usd", "1e308")]
    [InlineData("cost_policy", "team_limits", """{"usd_per_month":1e308}""")]
    [InlineData("interface_endpoint_network_interfaces", null, "1e15")]
    [InlineData("interface_endpoint_network_interfaces", null, "1.5")]
    [InlineData("schema_version", null, "2")]
    [InlineData("keeper_minutes", "ceiling", "1e30")]
    [InlineData("training_job", "instance_count", "1e15")]
    [InlineData("training_job", "max_wait_seconds", "1e15")]
    [InlineData("training_job", "checkpoint_size_gb", "1e308")]
    public void Given_ANumberOutOfRange_When_ThePlanIsRead_Then_ItsOutputIsNamed(string output, string? member, string number)
    {
        var outputs = JsonSerializer.SerializeToNode(new
        {
            training_job = new { after = JsonSerializer.SerializeToNode(Sample.Job, RunJson.Compact) },
            cost_policy = new { after = new { max_run_cost_usd = 5, team_limits = new { }, allow_self_approval = true } },
            interface_endpoint_network_interfaces = new { after = 3 },
            keeper_minutes = new { after = new { idle = 12, expected = 52, ceiling = 66.5 } },
            schema_version = new { after = 1 },
        })!;
        string Plan() => $$"""{"terraform_version":"1.11.4","output_changes":{{outputs.ToJsonString()}}}""";
        var (plan, _) = TerraformDocuments.ReadPlan(Plan(), _planFile, Sample.Noon);
        Assert.Equal((new Usd(5), true, 3, new(12, 52, 66.5m)), (plan.MaxRunCostUsd, plan.AllowSelfApproval, plan.InterfaceEndpointZones, plan.Keeper));

        var value = System.Text.Json.Nodes.JsonNode.Parse(number);
        if (member is null)
        {
            outputs[output]!["after"] = value;
        }
        else
        {
            outputs[output]!["after"]![member] = value;
        }

        var refusal = Assert.Throws<PipelineException>(() => TerraformDocuments.ReadPlan(Plan(), _planFile, Sample.Noon));

        Assert.Equal(ExitCode.BadConfiguration, refusal.ExitCode);
        Assert.Contains(output, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_AnIntervalLongerThanAnyJob_When_Priced_Then_ItsHyperparameterIsNamed()
    {
        var job = Sample.Job with { Hyperparameters = new Dictionary<string, string> { ["checkpoint_interval_seconds"] = "1e308" } };

        var refusal = Assert.Throws<PipelineException>(() => CheckpointChooser.Choose(job, new PriceBook().Snapshot(job.Region, job.InstanceType)));

        Assert.Equal(ExitCode.BadConfiguration, refusal.ExitCode);
        Assert.Contains("checkpoint_interval_seconds", refusal.Message, StringComparison.Ordinal);
    }
}
