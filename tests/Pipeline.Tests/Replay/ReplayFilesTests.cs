using System.Text.Json;
using BuildPipeline.Replay;
using BuildPipeline.Spot;

namespace BuildPipeline.Pipeline.Tests.Replay;

public sealed class ReplayFilesTests : IDisposable
{
    private const string Good = """
        {"id":"a","trace":"zone/t.json","start_tick":2,"nodes":1,"work_hours":1,"deadline_hours":2,"restart_hours":0.1,"spot_price_ratio":0.35}
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("replay-");
    private readonly Dictionary<string, SpotTrace> _traces = new()
    {
        ["zone/t.json"] = new SpotTrace("zone/t.json", 0.25, [1, 1, 1, 0, 0, 1, 1, 1, 1, 1, 1, 1]),
    };

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Given_Jobs_When_ReplayedAndWritten_Then_TheFileIsAsSpecified()
    {
        var file = Path.Combine(_folder.FullName, "new", "out.json");

        ReplayFiles.Write(file, ReplayRunner.Replay(Read($"[{Good}]"), "spot-only"));

        using var document = JsonDocument.Parse(File.ReadAllText(file));
        var line = document.RootElement[0];
        Assert.Equal(
            ["id", "cost", "late", "finish_hours", "spot_hours", "on_demand_hours", "restarts", "modes", "forecast"],
            line.EnumerateObject().Select(member => member.Name));
        Assert.Equal("""[["spot",1],["idle",2],["spot",4]]""", line.GetProperty("modes").GetRawText());
        Assert.Equal(["p05", "p50", "p95"], line.GetProperty("forecast").EnumerateObject().Select(member => member.Name));
        Assert.False(line.GetProperty("late").GetBoolean());
        Assert.Equal(1.2 * 0.35, line.GetProperty("cost").GetDouble(), 9);
    }

    [Fact]
    public void Given_AFileThatCannotBeWritten_When_Written_Then_TheSentenceNamesItAndTheOption()
    {
        var error = Assert.Throws<PipelineException>(() => ReplayFiles.Write(_folder.FullName, []));

        Assert.Equal(ExitCode.BadConfiguration, error.ExitCode);
        Assert.Contains(_folder.FullName, error.Message, StringComparison.Ordinal);
        Assert.Contains("--out=FILE", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_AFileForALaterResult_When_CheckedBefore_Then_NothingIsWrittenAndAFolderIsRefused()
    {
        var old = Path.Combine(_folder.FullName, "old.json");
        File.WriteAllText(old, "kept");
        var fresh = Path.Combine(_folder.FullName, "fresh.svg");

        ReplayFiles.RequireWritable(old, "--out");
        ReplayFiles.RequireWritable(fresh, "--plot");
        var error = Assert.Throws<PipelineException>(() => ReplayFiles.RequireWritable(_folder.FullName, "--plot"));

        Assert.Equal("kept", File.ReadAllText(old));
        Assert.False(File.Exists(fresh));
        Assert.Contains("--plot=FILE", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("zone/t.json", "t")]
    [InlineData("zone/t.json", "t.json")]
    [InlineData("zone/t.json", "zone/t")]
    public void Given_AShortName_When_Plain_Then_TheTraceIsFound(string full, string given) =>
        Assert.Equal(full, Read($"[{Good.Replace("zone/t.json", given, StringComparison.Ordinal)}]")[0].Trace.Name);

    [Theory]
    [InlineData("\"id\":\"a\",", "", "Job number 1 has no id")]
    [InlineData("zone/t.json", "other.json", "no trace named")]
    [InlineData("\"start_tick\":2", "\"start_tick\":-1", "start_tick must be")]
    [InlineData("\"start_tick\":2", "\"start_tick\":7", "needs ticks 7 to 15 of the trace zone/t.json, which has 12")]
    [InlineData("\"nodes\":1", "\"nodes\":0", "nodes must be 1 or more")]
    [InlineData("\"work_hours\":1", "\"work_hours\":0", "work_hours must be a number above 0")]
    [InlineData("\"work_hours\":1,", "", "work_hours must be a number above 0")]
    [InlineData("\"deadline_hours\":2", "\"deadline_hours\":0.9", "is less than 1 h of work")]
    [InlineData("\"restart_hours\":0.1", "\"restart_hours\":-1", "restart_hours must be")]
    [InlineData("\"start_tick\":2", "\"start_tick\":\"two\"", "is not a valid JSON list of jobs")]
    public void Given_ABadJob_When_Read_Then_TheSentenceSaysWhatIsWrong(string part, string otherwise, string said)
    {
        var error = Assert.Throws<PipelineException>(() => Read($"[{Good.Replace(part, otherwise, StringComparison.Ordinal)}]"));

        Assert.Equal(ExitCode.BadConfiguration, error.ExitCode);
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]", "has no jobs")]
    [InlineData("{}", "is not a valid JSON list of jobs")]
    [InlineData("[", "is not a valid JSON list of jobs")]
    public void Given_ABadFile_When_Read_Then_TheSentenceNamesIt(string json, string said) =>
        Assert.Contains(said, Assert.Throws<PipelineException>(() => Read(json)).Message, StringComparison.Ordinal);

    [Fact]
    public void Given_AnUnknownPolicy_When_AskedFor_Then_TheSentenceListsAll() => Assert.Contains(
        MarketPolicies.Default, Assert.Throws<PipelineException>(() => MarketPolicies.Create("lucky", SafetyNet.Exact)).Message, StringComparison.Ordinal);

    private IReadOnlyList<ReplayCase> Read(string json)
    {
        var file = Path.Combine(_folder.FullName, "jobs.json");
        File.WriteAllText(file, json);
        return ReplayFiles.ReadJobs(file, _traces);
    }
}
