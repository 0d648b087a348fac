namespace BuildPipeline.EndToEnd.Tests.Pipeline;

/// <summary>Runs that are refused before anything is created; they share one sandbox.</summary>
public sealed class RefusalTests(SharedWorkplace shared) : IClassFixture<SharedWorkplace>
{
    private readonly Workplace _place = shared.Place;

    [TerraformFact]
    public async Task Given_TrainingIsNotEnabled_When_Launched_Then_ItIsRefusedBeforeAnythingIsCreated()
    {
        (await _place.QuickAsync("--target=Launch", "--var=enable_training_job=false")).ShouldExitWith(3, "BP1210");

        Assert.Empty(await _place.JobsAsync());
        Assert.Empty((await _place.ResourcesAsync()).GetProperty("resources").EnumerateArray());
    }

    [TerraformFact]
    public async Task Given_ARunThatTheGateRefusesForManyReasons_When_Launched_Then_EachIsNamedAndNothingIsSubmitted()
    {
        var limits = _place.Write("limits.tfvars", """
            max_run_cost_usd            = 1
            max_runtime_seconds         = 36000
            max_wait_seconds            = 72000
            checkpoint_interval_seconds = 7200
            instance_fallbacks          = [{ instance_type = "ml.g4dn.xlarge", max_usd_per_node_hour = 0.73 }]
            """);

        (await _place.QuickAsync("--target=Launch", $"--var-file={limits}")).ShouldExitWith(3, "BP1201")
            .ShouldContain("BP1202", "$1.00", "BP1204", "ml.g4dn.xlarge", "$0.7364", "$0.73.", "BP1206", "checkpoint_interval_seconds", "1800");

        Assert.Empty(await _place.JobsAsync());
        Assert.Equal("refuse", _place.Run.GetProperty("cost").GetProperty("verdict").GetString());
    }

    [TerraformTheory]
    [InlineData("instance_count max_wait_seconds name_prefix", "--var=instance_count=0", "--var=max_wait_seconds=60", "--var=name_prefix=team/model")]
    [InlineData("vision research mlflow_servers path", "--var=teams={research={usd_per_month=2}}", "--var=team=vision", "--var=mlflow_servers=[{uri=\"https://mlflow.example/team\",experiment=\"e\"}]")]
    [InlineData("ml.g5.2xlarge", "--var=instance_type=ml.g5.3xlarge")]
    [InlineData("no-such-folder", "--var=training_data_uri=no-such-folder")]
    [InlineData("no-such-bucket", "--var=training_data_uri=s3://no-such-bucket/prefix")]
    [InlineData("no_such_variable", "--var=no_such_variable=1")]
    [InlineData("infra/environments/staging.tfvars", "--environment=staging")]
    public async Task Given_BadInput_When_Launched_Then_TheValuesAreNamedAndNothingIsSubmitted(string named, params string[] options)
    {
        (await _place.QuickAsync(["--target=Launch", .. options])).ShouldExitWith(2).ShouldContain(named.Split(' '));

        Assert.Empty(await _place.JobsAsync());
    }

    [TerraformFact]
    public async Task Given_ASecretAndAPrefixOfASibling_When_Gated_Then_BothAreRefusedAndTheSecretIsNowhere()
    {
        const string Secret = "hf_not-a-real-one";
        var refused = (await _place.QuickAsync("--target=CostGate", $"--var=environment_variables={{HF_TOKEN=\"{Secret}\"}}")).ShouldExitWith(2, "BP2101").ShouldContain("environment_variables.HF_TOKEN");
        Assert.DoesNotContain(Secret, refused.Output, StringComparison.Ordinal);
        Assert.All(
            Directory.EnumerateFiles(_place.ArtifactsFolder, "*", SearchOption.AllDirectories),
            file => Assert.DoesNotContain(Secret, File.ReadAllText(file), StringComparison.Ordinal));

        using var s3 = _place.CreateS3();
        await s3.PutBucketAsync("sibling-data");
        await s3.PutObjectAsync(new() { BucketName = "sibling-data", Key = "patients-2019-private/notes.md", ContentBody = "private" });
        await s3.PutObjectAsync(new() { BucketName = "sibling-data", Key = "patients/", ContentBody = "" });
        (await _place.QuickAsync("--target=CostGate", "--var=training_data_uri=s3://sibling-data/patients")).ShouldExitWith(2, "BP1554").ShouldContain("s3://sibling-data/patients/");
    }

    [TerraformFact]
    public async Task Given_AMalformedVariableFile_When_Planned_Then_TheFileAndLineAreNamed()
    {
        var file = _place.Write("broken.tfvars", "instance_count = = 2\n");

        (await _place.BuildAsync("--target=Plan", $"--var-file={file}")).ShouldExitWith(2, "BP1112").ShouldContain("broken.tfvars line 1");
    }

    [TerraformFact]
    public async Task Given_AMistypedNameInAVariableFile_When_Planned_Then_ItIsNotPassedOver()
    {
        var file = _place.Write("typo.tfvars", "max_run_cost_us = 1\n");

        (await _place.BuildAsync("--target=Plan", $"--var-file={file}")).ShouldExitWith(2, "BP1103").ShouldContain("'max_run_cost_us'");
    }

    [TerraformFact]
    public async Task Given_AnImageThatTheSandboxDoesNotKnow_When_Launched_Then_TheKnownOnesAreNamedBeforeAnythingIsPriced()
    {
        (await _place.QuickAsync("--target=Launch", "--var=training_image_uri=sandbox/unknown")).ShouldExitWith(2, "BP1503").ShouldContain("sandbox/builtin");

        Assert.False(File.Exists(_place.RunFile("cost.json")));
    }

    [TerraformFact]
    public async Task Given_AnUnknownTarget_When_Called_Then_TheNearestIsNamed() =>
        (await _place.BuildAsync("--target=Lanch")).ShouldExitWith(2, "BP1003").ShouldContain("Launch?");

    [TerraformFact]
    public async Task Given_MoreNodesThanTheQuota_When_Priced_Then_TheQuotaIsNamed() =>
        (await _place.QuickAsync("--target=CostGate", "--var=instance_count=40", "--var=max_run_cost_usd=100"))
            .ShouldExitWith(5, "BP1249").ShouldContain("40", "'ml.g5.xlarge for spot training job usage' is 32");
}
