namespace BuildPipeline.EndToEnd.Tests.Pipeline;

/// <summary>A spend freeze while a launch runs and others begin.</summary>
[Trait("Tier", "all")]
public sealed class FreezeTests : SpotOutage
{
    [TerraformFact]
    public async Task Given_AJobWhoseMoveIsDue_When_SpendingIsFrozen_Then_NothingNewIsSubmittedUntilItIsReleased()
    {
        await SetTraceAsync([.. Enumerable.Repeat(0, 600)]);

        // The move is due about half a minute before the deadline. By then the freeze has to be there, on a busy machine too.
        var launch = Workplace.EndAsync(Place.Start("--target=Launch", Slow, "--deadline=80s", "--var=expected_runtime_seconds=13"));
        await UntilAsync(async () => (await Place.JobsAsync()).Count == 1, launch);

        (await Place.BuildAsync("--target=Freeze", "--why=budget review")).ShouldExitWith(0);
        await UntilAsync(IsMoveHeldAsync, launch);
        (await Place.BuildAsync("--target=Status")).ShouldExitWith(0).ShouldContain("budget review");
        var folder = Place.ArtifactsFolder;
        Place.ArtifactsFolder += " of another";
        (await Place.QuickAsync("--target=Launch")).ShouldExitWith(75, "BP1703");
        Place.ArtifactsFolder = folder;
        Assert.Single(await Place.JobsAsync());

        (await Place.BuildAsync("--target=Unfreeze", "--why=reviewed")).ShouldExitWith(0);
        (await launch).ShouldExitWith(0);
        Assert.Equal(["spot", "on_demand"], Place.Run.GetProperty("attempts").EnumerateArray().Select(attempt => attempt.GetProperty("market").GetString()));

        (await Place.BuildAsync("--target=Freeze", "--why=month is spent")).ShouldExitWith(0);
        var newest = Place.LatestRunId;
        (await Place.QuickAsync("--target=Launch")).ShouldExitWith(3, "BP2401").ShouldContain("month is spent");
        Assert.Equal(newest, Place.LatestRunId);
        Assert.Equal(2, (await Place.JobsAsync()).Count);
    }

    // The local copy of the log is written with the next change of the run.
    private async Task<bool> IsMoveHeldAsync()
    {
        using var s3 = Place.CreateS3();
        var events = await s3.ListObjectsV2Async(new() { BucketName = "sandbox-terraform-state", Prefix = $"runs/sandbox/{Place.LatestRunId}/events/" });
        foreach (var item in events.S3Objects ?? [])
        {
            using var answer = await s3.GetObjectAsync(item.BucketName, item.Key);
            using var reader = new StreamReader(answer.ResponseStream);
            if ((await reader.ReadToEndAsync()).Contains("launch.move_frozen", StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static Task UntilAsync(Func<Task<bool>> holds, Task<Result> launch) => Eventually.HoldsAsync(
        async () => await holds() || (launch.IsCompleted ? throw new InvalidOperationException((await launch).Output) : false), seconds: 120);
}
