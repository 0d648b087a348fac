using System.Text.Json.Nodes;
using BuildPipeline.Pipeline.Tests.Reporting;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Runs;
using BuildPipeline.Tasks;
using BuildPipeline.Terminal;

namespace BuildPipeline.Pipeline.Tests.Tasks;

/// <summary>Targets that print one document on standard output.</summary>
public sealed class DocumentTaskTests
{
    [Fact]
    public async Task Given_ALaunchedRun_When_TheHistoryIsPrintedAsJson_Then_ItIsOneDocumentWithTheCommandThatContinuesTheRun()
    {
        using var flow = await LaunchedAsync("--target=History", "--output=json");
        await flow.UpdateAsync(run => run with { JobFile = "small" });

        await flow.RunAsync(new HistoryTask(flow.Call, flow.History, flow.Inspection, new DocumentOutput(flow.Document)));

        var run = Assert.Single(Document(flow, "history")["runs"]!.AsArray())!;
        Assert.Equal((flow.Call.Run.RunId, "launched", "research"), ((string)run["run_id"]!, (string)run["state"]!, (string)run["team"]!));
        Assert.Contains($"--run={flow.Call.Run.RunId} --job=small", (string)run["next"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Stopped", false, RunState.Failed, "stopped, not closed", "Stopped")]
    [InlineData("InProgress", false, RunState.Launched, "launched", "InProgress/Training")]
    [InlineData("Stopped", true, RunState.Launched, "launched", null)]
    public async Task Given_AnOpenRun_When_TheHistoryIsListed_Then_ItsStateIsThatOfItsJobNowOrTheRecordedOneWhereSageMakerDoesNotSay(
        string status, bool isDenied, RunState state, string text, string? jobStatus)
    {
        using var flow = await LaunchedAsync("--target=History", "--output=json");
        flow.Jobs.Set(flow.Call.Run.CurrentAttempt!.JobName, status);
        flow.Jobs.OnListTags = _ =>
        {
            if (isDenied)
            {
                throw TestRuns.SageMakerError("AccessDeniedException", "no");
            }
        };

        var run = Assert.Single((await flow.History.ReadAsync(null, default, flow.Inspection.GlanceAsync)).Runs);

        Assert.Equal((state, text, jobStatus, true), (run.State, run.StateText, run.JobStatus, run.IsOpen));
    }

    [Theory]
    [InlineData("research", 1)]
    [InlineData("vision", 0)]
    public async Task Given_ATeam_When_TheHistoryIsListed_Then_RunsAndTotalsAreItsOwn(string team, int count)
    {
        using var flow = await LaunchedAsync("--target=History", "--output=json", $"--team={team}", "--month=2026-01");

        await flow.RunAsync(new HistoryTask(flow.Call, flow.History, flow.Inspection, new DocumentOutput(flow.Document)));

        var document = Document(flow, "history");
        Assert.Equal((count, count), (document["runs"]!.AsArray().Count, document["totals"]!.AsArray().Count));
    }

    [Fact]
    public async Task Given_ALaunchedRun_When_ItsStatusIsPrintedAsJson_Then_ItIsOneDocumentWithTheJobAsItIsNow()
    {
        using var flow = await LaunchedAsync("--target=Status", "--output=json");

        await flow.RunAsync(flow.Status);

        var document = Document(flow, "status");
        Assert.Equal(flow.Call.Run.RunId, (string)document["run"]!["run_id"]!);
        Assert.Equal(("InProgress", "Training"), ((string)document["jobs"]![0]!["status"]!, (string)document["jobs"]![0]!["secondary_status"]!));
    }

    [Fact]
    public async Task Given_TwoRuns_When_ComparedAsJson_Then_ItIsOneDocument()
    {
        using var flow = await LaunchedAsync("--target=Compare", "--output=json", "--run=latest", "--run=latest");

        await flow.RunAsync(new CompareTask(flow.Call, flow.Reader, new DocumentOutput(flow.Document)));

        Assert.Equal(2, Document(flow, "compare")["runs"]!.AsArray().Count);
    }

    [Fact]
    public async Task Given_ARunThatDoesNotExist_When_Compared_Then_ThatIsTheErrorAndNothingIsPrinted()
    {
        using var flow = await LaunchedAsync("--target=Compare", "--run=latest", "--run=20260101-000000-0000");

        Assert.Equal(RunErrors.NoSuchRun, await flow.FailAsync(new CompareTask(flow.Call, flow.Reader, new DocumentOutput(flow.Document))));

        Assert.Empty(flow.Document.Output);
    }

    private static JsonObject Document(FlowFixture flow, string name)
    {
        var document = JsonNode.Parse(flow.Document.Output)!.AsObject();
        Assert.True(flow.Document.Output.All(char.IsAscii));
        PublishedSchema.AssertFits(name, document);
        return document;
    }

    private static async Task<FlowFixture> LaunchedAsync(params string[] arguments)
    {
        var flow = await FlowFixture.AppliedAsync(null, arguments);
        await flow.Submission.RunAsync(default);
        return flow;
    }
}
