using BuildPipeline.Checkpoints;
using BuildPipeline.Evidence;

using static BuildPipeline.Pipeline.Tests.Training.TestRuns;

namespace BuildPipeline.Pipeline.Tests.Training;

public sealed class CheckpointVerdictTests
{
    private static readonly LineageEntry Resumed = new(2, 120, Manifests.Sha256(Manifests.Of(120)), Start.AddSeconds(150));
    private static readonly LineageEntry[] Lineage = [Manifests.FromNothing(), Resumed];
    private static readonly StoredCheckpoint Newest = Stored(Manifests.Of(600, Lineage), CheckpointState.Complete, at: 600);

    [Fact]
    public void Given_folders_that_an_interruption_left_When_judged_Then_they_are_reported_and_the_run_is_good()
    {
        StoredCheckpoint[] left =
        [
            Stored(Manifests.Of(140), CheckpointState.Incomplete, at: 140),
            Stored(Manifests.Of(160), CheckpointState.Corrupt, at: 160),
            new("s3://b/step-00000180/", 180, CheckpointState.Corrupt, null, "empty", new(new(180, "k", "v", Start.AddSeconds(149)), [])),
            new("s3://b/step-00000200/", 200, CheckpointState.Incomplete, null, "no manifest"),
        ];

        var finding = Judge([.. left, Newest with { UnlistedFiles = 3 }]);

        Assert.True(finding.Passed, finding.Detail);
        Assert.All(left, checkpoint => Assert.Contains($"step {checkpoint.Step} ({checkpoint.Problem})", finding.Detail, StringComparison.Ordinal));
        Assert.Contains("3 at step 600", finding.Detail, StringComparison.Ordinal);
    }

    public static TheoryData<string, StoredCheckpoint> Bad => new()
    {
        { "the newest is corrupt, even where a later start passed it by", Stored(Manifests.Of(640), CheckpointState.Corrupt, at: 140) },
        { "the newest lost a file after the last start", Stored(Manifests.Of(640, Lineage), CheckpointState.Incomplete, at: 640) },
        { "a resume used it", Stored(Manifests.Of(120), CheckpointState.Incomplete, at: 120) },
        { "nothing interrupted its writing", Stored(Manifests.Of(240, Lineage), CheckpointState.Corrupt, at: 240) },
        { "its age is not known", Stored(Manifests.Of(240, Lineage), CheckpointState.Corrupt, at: null) },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void Given_what_no_interruption_explains_When_judged_Then_it_fails_by_name(string why, StoredCheckpoint bad)
    {
        var finding = Judge([.. new[] { bad, Newest }.OrderBy(checkpoint => checkpoint.Step)]);

        Assert.False(finding.Passed, why);
        Assert.Contains(bad.Uri, finding.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_a_run_without_interruption_When_a_checkpoint_is_incomplete_Then_it_fails() =>
        Assert.False(CheckpointVerdict.Judge([Stored(Manifests.Of(60), CheckpointState.Incomplete, at: 60), Newest], [Manifests.FromNothing()], Run).Passed);

    private static Finding Judge(IReadOnlyList<StoredCheckpoint> stored) => CheckpointVerdict.Judge(stored, Lineage, Run);

    private static StoredCheckpoint Stored(CheckpointManifest manifest, CheckpointState state, double? at) => new(
        $"s3://b/step-{manifest.Step:D8}/", manifest.Step, state, manifest, state == CheckpointState.Complete ? null : $"problem {manifest.Step}",
        new(new(manifest.Step, "key", "version", at is { } seconds ? Start.AddSeconds(seconds) : default), Manifests.Json(manifest)));
}
