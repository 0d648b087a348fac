using BuildPipeline.Cli;
using BuildPipeline.Tasks;
using BuildPipeline.Terraform;
using Microsoft.Extensions.Time.Testing;
using Spectre.Console.Testing;

namespace BuildPipeline.Pipeline.Tests.Terraform;

public sealed class StateLockTests
{
    private static readonly DateTimeOffset Created = new(2026, 11, 20, 9, 0, 0, TimeSpan.Zero);
    private static readonly StateLock Held = new("6f1c", "OperationTypeApply", "ci@here", Created);

    [Fact]
    public void Given_LockInfo_When_Read_Then_OwnerOperationMomentAndIdAreKnown()
    {
        var held = StateLock.Find(Lines)!;

        Assert.Equal(("6f1c2d3e-0000-4000-8000-000000000001", "OperationTypeApply", "ci@runner-7", Created), (held.Id, held.Operation, held.Who, held.Created));
        var described = held.Describe(Created.AddDays(6));
        Assert.All(["ci@runner-7", "apply", "2026-11-20 09:00:00", "6 days", held.Id], word => Assert.Contains(word, described, StringComparison.Ordinal));
    }

    [Fact]
    public void Given_AnotherErrorWithAnId_When_Read_Then_ThereIsNoLock() => Assert.Null(StateLock.Find(["Error: creating VPC", "  ID:   vpc-1"]));

    [Theory]
    [InlineData("here", -10, null, true, false, LockOwner.Running)]
    [InlineData("here", -10, null, false, false, LockOwner.Gone)] // killed with its guard
    [InlineData("here", -10, 5, false, false, LockOwner.Gone)] // killed alone
    [InlineData("here", -10, -5, false, false, LockOwner.Unknown)] // it had ended before
    [InlineData("here", 60, null, false, false, LockOwner.Unknown)] // it started later
    [InlineData("here", -10, null, false, true, LockOwner.Unknown)] // somebody else's runs on this machine
    [InlineData("there", -10, null, false, false, LockOwner.Unknown)]
    public void Given_ALock_When_ItsOwnerIsJudged_Then_OnlyWhatIsCertainCounts(
        string host, int startedAfter, int? endedAfter, bool isRunning, bool otherRuns, LockOwner owner)
    {
        var recorded = new RecordedTerraform(
            4711, Created.AddSeconds(startedAfter), endedAfter is { } end ? Created.AddSeconds(end) : null, isRunning);

        Assert.Equal(owner, Held.JudgeOwner([recorded], host, otherRuns ? [Created.AddMinutes(-1)] : [Created.AddMinutes(1)]));
    }

    [Fact]
    public void Given_NoRecord_When_ItsOwnerIsJudged_Then_ItIsUnknown() => Assert.Equal(LockOwner.Unknown, Held.JudgeOwner([], "here", []));

    [Fact]
    public void Given_AProcessLog_When_Read_Then_EachProcessHasItsEnd()
    {
        var file = Path.GetTempFileName();
        File.WriteAllLines(file, ["4711 started 1000", "4711 ended 1010", $"{Environment.ProcessId} started 1000"]);

        var read = RecordedTerraform.Read(file);

        File.Delete(file);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1010), read[0].Ended);
        Assert.Equal((null, false), (read[1].Ended, read[1].IsRunning)); // that id is another process now
    }

    [Theory]
    [InlineData(LockOwner.Gone, ExitCode.Failed, true)]
    [InlineData(LockOwner.Unknown, ExitCode.StillRunning, true)]
    [InlineData(LockOwner.Running, ExitCode.StillRunning, false)]
    public async Task Given_ALockThatStays_When_Refused_Then_OnlyADeadOnesReleaseIsSuggested(LockOwner owner, ExitCode code, bool isSuggested)
    {
        var options = new PipelineOptions { Target = "Apply", RunId = "20261120-090000-aaaa", ArtifactsFolder = "/a", SandboxState = "/s", RepositoryRoot = "/r" };
        using var console = new TestConsole();
        var release = new LockRelease(options, Sample.Hints, console, new FakeTimeProvider(Created.AddDays(6)));

        Assert.False(await release.AskAsync(Held, owner, CancellationToken.None)); // no terminal
        var refusal = release.Refuse(Held, owner);
        Assert.Equal(code, refusal.ExitCode);
        Assert.Equal(
            isSuggested, refusal.Message.Contains("./build.sh --target=Apply --run=20261120-090000-aaaa --release-lock=6f1c", StringComparison.Ordinal));
    }

    private static string[] Lines =>
    [
        "│ Error: Error acquiring the state lock",
        "│",
        "│ Lock Info:",
        "│   ID:        6f1c2d3e-0000-4000-8000-000000000001",
        "│   Path:      sandbox-terraform-state/infra/terraform.tfstate",
        "│   Operation: OperationTypeApply",
        "│   Who:       ci@runner-7",
        "│   Version:   1.11.4",
        "│   Created:   2026-11-20 09:00:00.000000001 +0000 UTC",
    ];
}
