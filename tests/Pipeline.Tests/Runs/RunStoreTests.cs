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
        Assert.Equal(BuildPipeline.Approvals.ApprovalDigest.Compute(run.Subject!), BuildPipeline.Approvals.ApprovalDigest.Compute(loaded.Subject!));
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
    public void Given_ARecordThatCannotBeRead_When_AllRunsAreAskedFor_Then_TheOthersAreThereAndTheFileIsNamed(string content)
    {
        var (good, bad) = (Store.Create("sandbox", null), Store.Create("sandbox", null));
        File.WriteAllText(Store.PathOf(bad.RunId, RunFiles.Run), content);

        Assert.Equal([good.RunId], Store.All().Select(run => run.RunId));
        Assert.Contains(Store.PathOf(bad.RunId, RunFiles.Run), Assert.Single(Store.Unreadable()), StringComparison.Ordinal);
        Assert.Null(Store.TryLoad(bad.RunId));
    }

    [Fact]
    public void Given_ACopiedRecord_When_AllRunsAreAskedFor_Then_ItIsNotTheRunOfItsFolder()
    {
        var (first, second) = (Store.Create("sandbox", null), Store.Create("sandbox", null));
        File.Copy(Store.PathOf(first.RunId, RunFiles.Run), Store.PathOf(second.RunId, RunFiles.Run), overwrite: true);

        Assert.Equal([first.RunId], Store.All().Select(run => run.RunId));
        Assert.Contains(first.RunId, Assert.Single(Store.Unreadable()), StringComparison.Ordinal);
    }

    [Fact]
    public void Given_AHeldLease_When_AnotherTakesIt_Then_ItHearsWhoHoldsIt()
    {
        var file = Path.Combine(Store.RunsFolder, "sandbox.lease");
        using var held = FolderLock.TryTake(file, "Launch", Sample.Noon);

        Assert.Null(FolderLock.TryTake(file, "Apply", Sample.Noon));

        Assert.Contains($"(process {Environment.ProcessId}", FolderLock.DescribeHolder(file), StringComparison.Ordinal);
    }

    [Fact]
    public void Given_ALeaseGivenBack_When_AnotherTakesIt_Then_ItGetsIt()
    {
        var file = Path.Combine(Store.RunsFolder, "sandbox.lease");
        FolderLock.TryTake(file, "Launch", Sample.Noon)!.Dispose();

        FolderLock.TryTake(file, "Launch", Sample.Noon)!.Dispose();
    }
}
