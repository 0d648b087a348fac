using System.Text.Json.Nodes;
using BuildPipeline.Runs;

namespace BuildPipeline.Pipeline.Tests.Runs;

public sealed class FormerNamesTests
{
    private const string Old = """
        {
          "format": "run/2", "run_id": "20260131-120000-1a2b", "environment": "sandbox", "started_at": "2026-01-31T12:00:00+00:00", "stage": "launched",
          "attempts": [{ "number": 1, "job_name": "job", "market": "spot", "intent_at": "2026-01-31T12:00:00+00:00", "max_runtime_seconds": 60, "rung": 3 }]
        }
        """;

    [Fact]
    public void Given_ARecordOfVersion2_When_Read_Then_ItsNodeOptionIsKnown()
    {
        var run = RunDocument.Read(JsonNode.Parse(Old)!.AsObject());

        Assert.Equal(3, run.CurrentAttempt!.NodeOption);
    }

    [Theory]
    [InlineData("""{"cost":{"rungs":[{"reason":"rung"}],"envelope":null},"other":[1,"rungs"]}""", """{"cost":{"node_options":[{"reason":"rung"}],"cost_simulation":null},"other":[1,"rungs"]}""")]
    [InlineData("""{"cost":{"limit":5,"quotas":[{"limit":8}]}}""", """{"cost":{"max_run_cost_usd":5,"quotas":[{"limit":8}]}}""")]
    [InlineData("""{"plan":{"max_run_cost":5},"max_run_cost":1}""", """{"plan":{"max_run_cost_usd":5},"max_run_cost":1}""")]
    [InlineData("""{"cost":{"prices":{"figures":[{"name":"a"}]}}}""", """{"cost":{"prices":{"inputs":[{"name":"a"}]}}}""")]
    public void Given_FormerNames_When_Replaced_Then_OnlyNamesInTheirPlaceChange(string former, string now) =>
        Assert.Equal(now, FormerNames.Replace(JsonNode.Parse(former))!.ToJsonString());
}
