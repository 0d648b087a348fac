namespace BuildPipeline.EndToEnd.Tests.Pipeline;

public sealed class GateTests : IAsyncLifetime
{
    private readonly Workplace _place = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _place.DisposeAsync();

    [TerraformFact]
    public async Task Given_TrainingIsNotEnabled_When_Launched_Then_ItIsRefusedBeforeAnythingStands()
    {
        (await _place.QuickAsync("--target=Launch", "--var=enable_training_job=false")).With(3).Saying("enable_training_job");

        Assert.Empty(await _place.JobsAsync());
        Assert.Empty((await _place.ResourcesAsync()).GetProperty("resources").EnumerateArray());
    }

    [TerraformFact]
    public async Task Given_ARunOverItsCeiling_When_Launched_Then_ItIsRefusedWithBothAmounts()
    {
        (await _place.QuickAsync("--target=Launch", "--var=max_run_cost_usd=1")).With(3).Saying("over the limit of $1.00");

        Assert.Empty(await _place.JobsAsync());
        Assert.Equal("refuse", _place.Run.GetProperty("cost").GetProperty("verdict").GetString());
    }

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

    [TerraformTheory]
    [InlineData("--var=instance_count=0", "instance_count")]
    [InlineData("--var=instance_type=ml.g5.3xlarge", "ml.g5.2xlarge")]
    [InlineData("--var=max_wait_seconds=60", "max_wait_seconds")]
    [InlineData("--var=training_data_uri=no-such-folder", "no-such-folder")]
    [InlineData("--var=training_data_uri=s3://no-such-bucket/prefix", "no-such-bucket")]
    [InlineData("--var=no_such_variable=1", "no_such_variable")]
    [InlineData("--environment=staging", "infra/environments/staging.tfvars is missing")]
    public async Task Given_BadInput_When_Launched_Then_OneSentenceSaysWhatAndNothingIsSubmitted(string option, string sentence)
    {
        (await _place.QuickAsync("--target=Launch", option)).With(2).Saying(sentence);

        if (File.Exists(Path.Combine(_place.SandboxState, "endpoint.json")))
        {
            Assert.Empty(await _place.JobsAsync());
        }
    }

    [TerraformFact]
    public async Task Given_ASecretAndAPrefixOfASibling_When_Gated_Then_BothAreRefusedAndTheSecretIsNowhere()
    {
        const string Secret = "hf_not-a-real-one";
        var refused = (await _place.QuickAsync("--target=CostGate", $"--var=environment_variables={{HF_TOKEN=\"{Secret}\"}}")).With(2).Saying("environment_variables.HF_TOKEN");
        Assert.DoesNotContain(Secret, refused.Output, StringComparison.Ordinal);
        Assert.All(
            Directory.EnumerateFiles(_place.ArtifactsFolder, "*", SearchOption.AllDirectories),
            file => Assert.DoesNotContain(Secret, File.ReadAllText(file), StringComparison.Ordinal));

        using var s3 = _place.CreateS3();
        await s3.PutBucketAsync("sibling-data");
        await s3.PutObjectAsync(new() { BucketName = "sibling-data", Key = "patients-2019-private/notes.md", ContentBody = "private" });
        await s3.PutObjectAsync(new() { BucketName = "sibling-data", Key = "patients/", ContentBody = "" });
        (await _place.QuickAsync("--target=CostGate", "--var=training_data_uri=s3://sibling-data/patients")).With(2).Saying("s3://sibling-data/patients/");
    }

    [TerraformFact]
    public async Task Given_AMalformedVariableFile_When_Planned_Then_TheFileAndLineAreNamed()
    {
        var file = _place.Write("broken.tfvars", "instance_count = = 2\n");

        (await _place.BuildAsync("--target=Plan", $"--var-file={file}")).With(2).Saying("broken.tfvars line 1");
    }

    [TerraformFact]
    public async Task Given_AMistypedNameInAVariableFile_When_Planned_Then_ItIsNotPassedOver()
    {
        var file = _place.Write("typo.tfvars", "max_run_cost_us = 1\n");

        (await _place.BuildAsync("--target=Plan", $"--var-file={file}")).With(2).Saying("'max_run_cost_us'");
    }

    [TerraformFact]
    public async Task Given_AnImageThatTheSandboxDoesNotKnow_When_Launched_Then_TheKnownOnesAreNamedBeforeAnythingIsPriced()
    {
        (await _place.QuickAsync("--target=Launch", "--var=training_image_uri=sandbox/unknown")).With(2).Saying("sandbox/builtin");

        Assert.False(File.Exists(_place.RunFile("cost.json")));
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

    [TerraformFact]
    public async Task Given_AnUnknownTarget_When_Called_Then_TheNearestIsNamed() =>
        (await _place.BuildAsync("--target=Lanch")).With(2).Saying("Did you mean Launch?");
}
