using BuildPipeline.Checkpoints;
using BuildPipeline.Evidence;
using BuildPipeline.Training;
using static BuildPipeline.Pipeline.Tests.Training.Manifests;
using static BuildPipeline.Pipeline.Tests.Training.TestRuns;

namespace BuildPipeline.Pipeline.Tests.Training;

public sealed class ResumeProofTests
{
    private static readonly CheckpointManifest Step120 = Of(120);
    private static readonly LineageEntry Second = new(2, 120, Sha256(Step120), Start.AddSeconds(150));
    private static readonly CheckpointManifest Step240 = Of(240, FromNothing(), Second);
    private static readonly LineageEntry Third = new(3, 240, Sha256(Step240), Start.AddSeconds(350));
    private static readonly ManifestVersion[] History = [.. new[] { 60, 120 }.Select(step => new ManifestVersion(step, $"k{step}", "v", Start.AddSeconds(step)))];

    [Fact]
    public void GivenNoInterruption_WhenJudged_ThenThereIsNothingToProve()
    {
        var (interruptions, finding) = new ResumeProof([FromNothing()], [], []).Judge(Statuses(), completed: true);
        Assert.Empty(interruptions);
        Assert.True(finding.Passed);
    }

    [Fact]
    public void GivenTwoInterruptions_WhenTheLineageNamesRealManifests_ThenBothResumesAreProven()
    {
        var (interruptions, finding) = Judge([FromNothing(), Second, Third], [Step120, Step240], 130, 300);
        Assert.True(finding.Passed, finding.Detail);
        Assert.Equal([120, 240], interruptions.Select(interruption => interruption.ResumedFromStep));
        Assert.Equal([Start.AddSeconds(140), Start.AddSeconds(310)], interruptions.Select(interruption => interruption.TrainingAgainAt));
        Assert.Equal(
            "2 interruptions: resumed from step 120, proven by its manifest; resumed from step 240, proven by its manifest.", finding.Detail);
    }

    [Fact]
    public void GivenAManifestThatTheBucketNeverHeld_WhenJudged_ThenTheResumeIsNotProven()
    {
        var (interruptions, finding) = Judge([FromNothing(), Second], [Of(120, FromNothing(21))], 130);
        Assert.False(finding.Passed);
        Assert.Null(Assert.Single(interruptions).ResumedFromStep);
        Assert.Contains("no manifest of step 120", finding.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void GivenAManifestOfAnotherStep_WhenJudged_ThenTheResumeIsNotProven() =>
        Assert.False(Judge([FromNothing(), Second with { FromStep = 100 }], [Step120], 130).Finding.Passed);

    [Fact]
    public void GivenAManifestOfAnotherHistory_WhenJudged_ThenTheResumeIsNotProven() =>
        Assert.Contains("different lineage", Judge([FromNothing(33), Second], [Step120], 130).Finding.Detail, StringComparison.Ordinal);

    [Fact]
    public void GivenACompletedJobWithoutALineageEntry_WhenJudged_ThenItFails() =>
        Assert.Contains("the lineage does not say", Judge([FromNothing()], [Step120], 130).Finding.Detail, StringComparison.Ordinal);

    [Fact]
    public void GivenAnAttemptCutBeforeItSavedAnything_WhenJudged_ThenTheNextOneProves()
    {
        var late = Second with { StartedAt = Start.AddSeconds(350) };
        var (interruptions, finding) = Judge([FromNothing(), late], [Step120], 130, 300);
        Assert.True(finding.Passed, finding.Detail);
        Assert.Equal([null, 120], interruptions.Select(interruption => interruption.ResumedFromStep));
    }

    [Fact]
    public void GivenAnInterruptionBeforeTheFirstCheckpoint_WhenItBeginsAgain_ThenFromNothingIsFine()
    {
        var (interruptions, finding) = Judge([FromNothing(60)], [], 50);
        Assert.True(finding.Passed, finding.Detail);
        Assert.Equal(0, Assert.Single(interruptions).ResumedFromStep);
    }

    [Fact]
    public void GivenCheckpoints_WhenTheTrainingBeginsAgainFromNothing_ThenItFails() =>
        Assert.Contains("restarted from zero", Judge([FromNothing(150)], [], 130).Finding.Detail, StringComparison.Ordinal);

    [Fact]
    public void GivenAJobThatNeverWentOn_WhenJudged_ThenTheInterruptionStandsWithoutResume()
    {
        StatusTransition[] statuses = [Status("Training", 20, 130), Status("Interrupted", 130, 131), Status("Starting", 131, 7200)];
        var (interruptions, finding) = new ResumeProof([FromNothing()], [], History).Judge(statuses, completed: false);
        Assert.True(finding.Passed);
        Assert.Equal(new Interruption(Start.AddSeconds(130), null, null), Assert.Single(interruptions));
    }

    [Fact]
    public void GivenAnInterruptionAndARetry_WhenTheLineageNamesRealManifests_ThenBothResumesAreProvenWithTheirCauses()
    {
        var (interruptions, finding) = new ResumeProof([FromNothing(), Second, Third], [new(Step120, Sha256(Step120)), new(Step240, Sha256(Step240))], History)
            .Judge([.. Statuses(130), .. Retried], completed: true);

        Assert.True(finding.Passed, finding.Detail);
        Assert.Equal(
            [new(Start.AddSeconds(130), Start.AddSeconds(140), 120, InterruptionCause.Spot), new Interruption(Start.AddSeconds(300), Start.AddSeconds(310), 240, InterruptionCause.InternalError)],
            interruptions);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void GivenARetryWithoutALineageEntry_WhenJudged_ThenItFailsOnlyWhereCheckpointsWereSaved(bool saved, bool passes) =>
        Assert.Equal(passes, new ResumeProof([], [], saved ? History : []).Judge([Status("Training", 10, 300), .. Retried], completed: true).Finding.Passed);

    private static StatusTransition[] Retried => [Status("Starting", 300, 310), Status("Training", 310, 400)];

    private static (IReadOnlyList<Interruption> Interruptions, Finding Finding) Judge(
        LineageEntry[] lineage, CheckpointManifest[] manifests, params int[] interruptedAt) =>
        new ResumeProof(lineage, manifests.Select(manifest => new ReadManifest(manifest, Sha256(manifest))), History)
            .Judge(Statuses(interruptedAt), completed: true);

    private static StatusTransition Status(string status, double from, double to) => new(status, Start.AddSeconds(from), Start.AddSeconds(to), null);

    private static List<StatusTransition> Statuses(params int[] interruptedAt)
    {
        var statuses = new List<StatusTransition> { Status("Starting", 0, 10), Status("Training", 10, interruptedAt.FirstOrDefault(400)) };
        foreach (var at in interruptedAt)
        {
            statuses.AddRange([Status("Interrupted", at, at + 1), Status("Starting", at + 1, at + 10), Status("Training", at + 10, at + 100)]);
        }

        return statuses;
    }
}
