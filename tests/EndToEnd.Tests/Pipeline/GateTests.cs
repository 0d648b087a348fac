using System.Text.Json;

namespace BuildPipeline.EndToEnd.Tests.Pipeline;

public sealed class GateTests : IAsyncLifetime
{
    private readonly Workplace _place = new();

    public Task InitializeAsync() => _place.HostSandboxAsync();

    public async Task DisposeAsync() => await _place.DisposeAsync();

    [TerraformFact]
    public async Task Given_AnApprovedRun_When_ItsPlanFileIsEdited_Then_TheApprovalIsVoid()
    {
        (await _place.QuickAsync("--target=Approve")).ShouldExitWith(0);
        await File.AppendAllTextAsync(_place.RunFile("plan.tfplan"), " ");

        (await _place.BuildAsync("--target=Launch", "--run=latest")).ShouldExitWith(4, "BP1305").ShouldContain("plan_sha256");

        Assert.Empty(await _place.JobsAsync());
        Assert.Empty((await _place.ResourcesAsync()).GetProperty("resources").EnumerateArray());
    }

    [TerraformFact]
    public async Task Given_APricedRun_When_ItsConfigurationIsChanged_Then_ItIsRefusedAndAClaimedReviewIsNotRecorded()
    {
        var quick = await File.ReadAllTextAsync(Path.Combine(Workplace.Root, "tests", "EndToEnd.Tests", "quick.tfvars"));
        var file = _place.Write("own.tfvars", quick);
        (await _place.BuildAsync("--target=CostGate", $"--var-file={file}")).ShouldExitWith(0);
        (await _place.BuildAsync("--target=Launch", "--run=latest", $"--approve={new string('0', 64)}")).ShouldExitWith(4, "BP1301");
        (await _place.BuildAsync("--target=Launch", "--run=latest", "--var=enable_training_job=false")).ShouldExitWith(2, "BP1732").ShouldContain("--var=enable_training_job");
        await File.AppendAllTextAsync(file, "max_run_cost_usd = 1\n");
        (await _place.BuildAsync("--target=Launch", "--run=latest", $"--var-file={file}")).ShouldExitWith(4, "BP1307").ShouldContain("own.tfvars");
        Assert.Empty((await _place.ResourcesAsync()).GetProperty("resources").EnumerateArray());

        _place.Write("own.tfvars", quick);
        var digest = (await File.ReadAllLinesAsync(_place.RunFile("events.jsonl"))).Select(line => JsonDocument.Parse(line).RootElement)
            .Last(line => line.GetProperty("kind").GetString() == "gate.passed").GetProperty("detail").GetProperty("digest").GetString();
        (await Workplace.EndAsync(_place.Start(
            ["--target=Approve", "--run=latest", $"--approve={digest}"],
            new Dictionary<string, string> { ["GITHUB_ACTIONS"] = "true", ["GITHUB_ACTOR"] = "a [x](http://e.example) <img> @b", ["GITHUB_REPOSITORY"] = "o/n", ["GITHUB_RUN_ID"] = "999" }))).ShouldExitWith(0);

        var approval = _place.Run.GetProperty("approval");
        Assert.Equal(("option", Environment.UserName), (approval.GetProperty("source").GetString(), approval.GetProperty("approver").GetString()));
        Assert.DoesNotContain("e.example", await File.ReadAllTextAsync(_place.RunFile("summary.md")), StringComparison.Ordinal);
    }


    [TerraformFact]
    [Trait("Tier", "all")]
    public async Task Given_ABucketNameThatIsTaken_When_Launched_Then_TheBucketIsNamedAndNothingIsSubmitted()
    {
        (await _place.QuickAsync("--target=Plan")).ShouldExitWith(0);
        var bucket = _place.Run.GetProperty("job").GetProperty("artifact_bucket").GetString()!;
        using var s3 = _place.CreateS3();
        await s3.PutBucketAsync(bucket);

        (await _place.QuickAsync("--target=Launch")).ShouldExitWith(2).ShouldContain(bucket);

        Assert.Empty(await _place.JobsAsync());
    }

    [TerraformFact]
    [Trait("Tier", "all")]
    public async Task Given_ARefusalForGood_When_LaunchedAgain_Then_ANewRunBeginsAndAForeignObjectStopsTheNext()
    {
        (await _place.QuickAsync("--target=Launch", "--var=training_image_uri=sandbox/unknown")).ShouldExitWith(2);
        var refused = _place.LatestRunId;

        (await _place.QuickAsync("--target=Launch", "--interruptions=0")).ShouldExitWith(0);

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

        (await _place.QuickAsync("--target=Launch", "--interruptions=0")).ShouldExitWith(4, "BP1562").ShouldContain("sitecustomize.py");
    }

    [TerraformFact]
    [Trait("Tier", "all")]
    public async Task Given_APricedRun_When_ComparedWithOtherWays_Then_EachIsPricedAsForecastAndLaunchedWithItsOwnDigest()
    {
        (await _place.QuickAsync("--target=CostGate", "--what-if")).ShouldExitWith(0);

        var (id, lines) = (_place.LatestRunId, _place.Run.GetProperty("what_if").GetProperty("lines").EnumerateArray().ToList());
        Assert.InRange(lines.Count, 2, 5);
        Assert.All(lines.Skip(1), line =>
        {
            var run = RecordOf(line);
            Assert.False(line.TryGetProperty("problem", out _), line.ToString());
            Assert.Equal(line.GetProperty("expected").GetDecimal(), run.GetProperty("cost").GetProperty("expected").GetDecimal());
            Assert.Equal(line.GetProperty("ceiling").GetDecimal(), run.GetProperty("subject").GetProperty("ceiling").GetDecimal());
            Assert.Equal(line.GetProperty("instance_type").GetString(), run.GetProperty("job").GetProperty("instance_type").GetString());
        });

        var cheapest = lines[1];
        (await _place.BuildAsync("--target=Launch", $"--run={cheapest.GetProperty("run_id").GetString()}", $"--approve={cheapest.GetProperty("digest").GetString()}")).ShouldExitWith(0);

        Assert.Equal("closed_validated", RecordOf(cheapest).GetProperty("state").GetString());
        Assert.Equal((id, "priced"), (_place.LatestRunId, _place.Run.GetProperty("state").GetString()));
    }

    private JsonElement RecordOf(JsonElement line) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(_place.ArtifactsFolder, "runs", line.GetProperty("run_id").GetString()!, "run.json"))).RootElement;
}
