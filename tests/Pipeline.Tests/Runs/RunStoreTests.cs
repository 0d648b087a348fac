using BuildPipeline.Journal;
using BuildPipeline.Runs;
using BuildPipeline.Spot;
using BuildPipeline.Training;
using Microsoft.Extensions.Time.Testing;

namespace BuildPipeline.Pipeline.Tests.Runs;

public sealed class RunStoreTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("run-store-");
    private readonly FakeTimeProvider _time = new(Sample.Noon);

    private static readonly CommandHints Hints = new("./build.sh", HintShell.Posix, []);

    private RunStore Store => new(new ArtifactsFolder(_folder.FullName), _time);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Given_ANewRun_When_Loaded_Then_ItIsTheSame()
    {
        var run = Store.Create("sandbox", new SourceCommit("0123abc", Dirty: true));

        Assert.StartsWith("20260131-120000-", run.RunId, StringComparison.Ordinal);
        var loaded = Store.Load(run.RunId);
        Assert.Equal((run.RunId, "sandbox", "0123abc", true, RunStage.Started), (loaded.RunId, loaded.Environment, loaded.Commit, loaded.UncommittedChanges, loaded.Stage));
    }

    [Fact]
    public void Given_AWholeRecord_When_SavedAndLoaded_Then_NothingIsLost()
    {
        var run = Store.Create("sandbox", null) with
        {
            Job = Sample.Job,
            Plan = Sample.Plan,
            Subject = Sample.Subject,
            Approval = Sample.Approval(Sample.Subject),
            Attempts = [new AttemptRecord { Number = 1, JobName = "job", Market = Market.Spot, IntentAt = Sample.Noon, MaxRuntimeSeconds = 1800, Cost = new Usd(0.0123m) }],
        };

        Store.Save(run);

        var loaded = Store.Load(run.RunId);
        Assert.Equal(new Usd(0.0123m), loaded.ActualCost);
        Assert.True(loaded.HasOpenJob);
        Assert.Equal(BuildPipeline.Approvals.ApprovalDigest.Of(run.Subject!), BuildPipeline.Approvals.ApprovalDigest.Of(loaded.Subject!));
    }

    [Fact]
    public void Given_RunsOfTwoEnvironments_When_AskedForTheNewestOfOne_Then_TheOtherIsPassedOver()
    {
        var first = Store.Create("sandbox", null);
        _time.Advance(TimeSpan.FromMinutes(1));
        Store.Create("aws", null);

        Assert.Equal([first.RunId], Store.RunsOf("sandbox").Select(run => run.RunId));
        Assert.Empty(Store.RunsOf("staging"));
    }

    [Theory]
    [InlineData("latest", "is not a valid run ID")]
    [InlineData("../../etc", "is not a valid run ID")]
    [InlineData("20260131-120000-ffff", "There is no run")]
    public void Given_ARunThatIsNotThere_When_Loaded_Then_OneSentenceSaysSo(string id, string sentence)
    {
        var exception = Assert.Throws<PipelineException>(() => Store.Load(id));

        Assert.Equal(ExitCode.BadConfiguration, exception.ExitCode);
        Assert.Contains(sentence, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_ATruncatedRecord_When_Loaded_Then_TheFileIsNamed()
    {
        var run = Store.Create("sandbox", null);
        File.WriteAllText(Store.PathOf(run.RunId, RunFiles.Run), "{\"format\":");

        Assert.Contains("run.json", Assert.Throws<PipelineException>(() => Store.Load(run.RunId)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"format\":")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData(null)]
    public void Given_ARecordThatCannotBeRead_When_AllRunsAreAskedFor_Then_TheOthersAreThereAndTheFileIsNamed(string? content)
    {
        var (good, bad) = (Store.Create("sandbox", null), Store.Create("sandbox", null));
        Store.Append(bad.RunId, "run.started", new { bad.Environment });
        Spoil(bad.RunId, content);

        Assert.Equal([good.RunId], Store.All().Select(run => run.RunId));
        var found = Assert.Single(Store.Unreadable());
        Assert.Equal((bad.RunId, Store.PathOf(bad.RunId, RunFiles.Run)), (found.RunId, found.File));
        Assert.NotEmpty(found.Problem);
        Assert.Null(Store.TryLoad(bad.RunId));
    }

    [Fact]
    public void Given_ACopiedRecord_When_AllRunsAreAskedFor_Then_ItIsNotTheRunOfItsFolder()
    {
        var (first, second) = (Store.Create("sandbox", null), Store.Create("sandbox", null));
        File.Copy(Store.PathOf(first.RunId, RunFiles.Run), Store.PathOf(second.RunId, RunFiles.Run), overwrite: true);

        Assert.Equal([first.RunId], Store.All().Select(run => run.RunId));
        Assert.Contains(first.RunId, Assert.Single(Store.Unreadable()).Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", true, true)]
    [InlineData("run.started", true, false)]
    [InlineData("run.started launch.intent", true, true)]
    [InlineData("run.started run.recovered", true, true)]
    [InlineData("run.started launch.intent run.closed", true, false)]
    [InlineData("launch.intent", true, true)]
    [InlineData("run.started torn", true, true)]
    public void Given_TheEventsOfAnUnreadableRun_When_Judged_Then_ItMayBeOpenUnlessTheySayOtherwise(string kinds, bool belongs, bool open)
    {
        string[] lines =
        [
            .. kinds.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(kind => kind == "torn" ? "{\"at\":" : "{\"kind\":\"" + kind + "\",\"detail\":{\"environment\":\"dev\"}}"),
        ];
        var run = new UnreadableRun("20260131-120000-1a2b", "run.json", "It is cut.", lines);

        Assert.Equal((belongs, open), (run.MayBelongTo("dev"), run.MayBeOpen()));
        Assert.Equal(!kinds.Contains("run.started", StringComparison.Ordinal), run.MayBelongTo("prod"));
    }

    [Theory]
    [InlineData("Launch", true)]
    [InlineData("Apply", true)]
    [InlineData("Plan", false)]
    [InlineData("CostGate", false)]
    [InlineData("Validate", false)]
    [InlineData("Status", false)]
    [InlineData("Stop", false)]
    [InlineData("Cleanup", false)]
    public void Given_ATarget_When_ItNamesNoRun_Then_OnlyOneThatSpendsMustKnowAllRuns(string target, bool spends) =>
        Assert.Equal(spends, BuildPipeline.Tasks.TargetUse.Of(target)!.MayStartSpending);

    private void Spoil(string runId, string? content)
    {
        var file = Store.PathOf(runId, RunFiles.Run);
        if (content is null)
        {
            File.Delete(file);
        }
        else
        {
            File.WriteAllText(file, content);
        }
    }

    [Fact]
    public void Given_Events_When_Appended_Then_EachIsALineInOrder()
    {
        var run = Store.Create("sandbox", null);

        Store.Append(run.RunId, "first", new { Amount = new Usd(1.5m) });
        Store.Append(run.RunId, "second");

        Assert.Equal(
            ["""{"at":"2026-01-31T12:00:00+00:00","kind":"first","detail":{"amount":1.5}}""", """{"at":"2026-01-31T12:00:00+00:00","kind":"second"}"""],
            File.ReadAllLines(Store.PathOf(run.RunId, RunFiles.Events)));
    }

    [Fact]
    public void Given_AHeldLease_When_AnotherTakesIt_Then_ItHearsWhoHoldsIt()
    {
        using var held = RunLease.Take(Store.RunsFolder, "sandbox", "Launch", Hints, Sample.Noon);

        var exception = Assert.Throws<PipelineException>(() => RunLease.Take(Store.RunsFolder, "sandbox", "Apply", Hints, Sample.Noon));

        Assert.Equal(ExitCode.StillRunning, exception.ExitCode);
        Assert.Contains($"Launch (process {Environment.ProcessId}", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_ALeaseGivenBack_When_AnotherTakesIt_Then_ItGetsIt()
    {
        RunLease.Take(Store.RunsFolder, "sandbox", "Launch", Hints, Sample.Noon).Dispose();

        RunLease.Take(Store.RunsFolder, "sandbox", "Launch", Hints, Sample.Noon).Dispose();
    }
}
