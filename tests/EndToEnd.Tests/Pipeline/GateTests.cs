namespace BuildPipeline.EndToEnd.Tests.Pipeline;

public sealed class GateTests : IAsyncLifetime
{
    private readonly Workplace _place = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _place.DisposeAsync();

    [TerraformFact]
    public async Task Given_AnApprovedRun_When_ItsPlanFileIsEdited_Then_TheApprovalIsVoid()
    {
        (await _place.QuickAsync("--target=Approve")).With(0);
        await File.AppendAllTextAsync(_place.RunFile("plan.tfplan"), " ");

        (await _place.BuildAsync("--target=Launch", "--run=latest")).With(4).Saying("plan_sha256 changed");

        Assert.Empty(await _place.JobsAsync());
        Assert.Empty((await _place.ResourcesAsync()).GetProperty("resources").EnumerateArray());
    }

    [TerraformFact]
    public async Task Given_APricedRun_When_AnotherDigestIsApproved_Then_ItIsRefusedAndTheRightOneLaunches()
    {
        (await _place.QuickAsync("--target=CostGate")).With(0);
        var other = new string('0', 64);

        (await _place.BuildAsync("--target=Launch", "--run=latest", $"--approve={other}")).With(4).Saying("is not the digest of this run");
        Assert.Empty(await _place.JobsAsync());
    }

    [TerraformFact]
    public async Task Given_ABucketNameThatIsTaken_When_Launched_Then_TheBucketIsNamedAndNothingIsSubmitted()
    {
        (await _place.QuickAsync("--target=Plan")).With(0);
        var bucket = _place.Run.GetProperty("job").GetProperty("artifact_bucket").GetString()!;
        using var s3 = _place.CreateS3();
        await s3.PutBucketAsync(bucket);

        (await _place.QuickAsync("--target=Launch")).With(2).Saying(bucket);

        Assert.Empty(await _place.JobsAsync());
    }

    [TerraformFact]
    public async Task Given_ARefusalForGood_When_LaunchedAgain_Then_ANewRunBeginsAndAForeignObjectStopsTheNext()
    {
        (await _place.QuickAsync("--target=Launch", "--var=training_image_uri=sandbox/unknown")).With(2);
        var refused = _place.LatestRunId;

        (await _place.QuickAsync("--target=Launch", "--interruptions=0")).With(0);

        Assert.NotEqual(refused, _place.LatestRunId);
        var job = _place.Run.GetProperty("job");
        var subject = _place.Run.GetProperty("subject");
        using var s3 = _place.CreateS3();
        await s3.PutObjectAsync(new()
        {
            BucketName = job.GetProperty("artifact_bucket").GetString(),
            Key = $"bundles/{subject.GetProperty("source_sha256").GetString()}/sitecustomize.py",
            ContentBody = "import os",
        });

        (await _place.QuickAsync("--target=Launch", "--interruptions=0")).With(4).Saying("sitecustomize.py");
    }

    [TerraformFact]
    public async Task Given_NoCapacity_When_Launched_Then_TheQuotaIsNamed()
    {
        (await _place.QuickAsync("--target=Apply")).With(0);
        await _place.FaultsAsync(new { service = "sagemaker", operation = "CreateTrainingJob", kind = "quota", count = 1 });

        (await _place.QuickAsync("--target=Launch")).With(5).Saying("quota");
    }
}
