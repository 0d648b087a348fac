using System.Text.Json;

namespace BuildPipeline.EndToEnd.Tests.Pipeline;

/// <summary>Two jobs of one environment, launched from two folders.</summary>
public sealed class JobsTests : IClassFixture<SharedWorkplace>
{
    private readonly Workplace _place;
    private readonly string _ownFolder;
    private readonly string _otherFolder;

    public JobsTests(SharedWorkplace shared)
    {
        _place = shared.Place;
        (_ownFolder, _otherFolder) = (_place.ArtifactsFolder, _place.ArtifactsFolder + "-other");
    }

    [TerraformFact]
    [Trait("Tier", "all")]
    public async Task Given_TwoJobsOfAnEnvironment_When_BothAreFollowedAtOnce_Then_EachIsValidatedAsItWasApproved()
    {
        // Planned before the other job's apply, which makes the plan stale and changes the outputs.
        _place.ArtifactsFolder = _otherFolder;
        (await _place.QuickAsync("--target=Approve", "--job=small")).ShouldExitWith(0);
        var digest = _place.Run.GetProperty("approval").GetProperty("digest").GetString();
        _place.ArtifactsFolder = _ownFolder;
        (await _place.QuickAsync("--target=Launch", "--detach", "--interruptions=1")).ShouldExitWith(75);

        var own = _place.BuildAsync("--target=Launch");
        _place.ArtifactsFolder = _otherFolder;
        var other = _place.QuickAsync("--target=Launch", $"--run={_place.LatestRunId}", "--interruptions=0");
        (await other).ShouldExitWith(0);
        (await own).ShouldExitWith(0);

        Assert.Equal(2, (await _place.JobsAsync()).Count);
        Assert.Contains("plan.renewed", _place.Events());
        Assert.Equal(("small", 1, digest, 1), Facts(_place.Run));
        _place.ArtifactsFolder = _ownFolder;
        Assert.Equal((null, 2, 1), Facts(_place.Run) is var (job, nodes, _, attempts) ? (job, nodes, attempts) : default);
    }

    private static (string? Job, int Nodes, string? Digest, int Attempts) Facts(JsonElement run) => (
        run.TryGetProperty("job_file", out var job) ? job.GetString() : null,
        run.GetProperty("job").GetProperty("instance_count").GetInt32(),
        run.GetProperty("approval").GetProperty("digest").GetString(),
        run.GetProperty("attempts").GetArrayLength());
}
