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

    [Fact]
    public void Given_FormerNamesAtAnyDepth_When_Replaced_Then_OnlyNamesChange() => Assert.Equal(
        """{"cost":{"node_options":[{"reason":"rung"}],"cost_simulation":null},"other":[1,"rungs"]}""",
        FormerNames.Replace(JsonNode.Parse("""{"cost":{"rungs":[{"reason":"rung"}],"envelope":null},"other":[1,"rungs"]}"""))!.ToJsonString());
}
