using Amazon.SageMaker.Model;
using BuildPipeline.Aws;
using BuildPipeline.Checkpoints;
using BuildPipeline.Evidence;
using BuildPipeline.Jobs;
using BuildPipeline.Runs;
using BuildPipeline.Training;
using NSubstitute;
using static BuildPipeline.Pipeline.Tests.Training.TestRuns;

namespace BuildPipeline.Pipeline.Tests.Training;

public sealed class ValidatorTests : IDisposable
{
    private const string Checkpoints = $"runs/{RunId}/checkpoints/";
    private const string ModelKey = $"runs/{RunId}/output/{JobName}/output/model.tar.gz";
    private static readonly LineageEntry Resumed = new(2, 120, Manifests.Sha256(Manifests.Of(120)), Start.AddSeconds(150));
    private readonly IAwsClients _clients = Clients();
    private readonly FakeS3 _s3 = new();
    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, string> _tags = new()
    {
        [JobNames.RunIdTag] = RunId,
        [JobNames.DigestTag] = Digest,
        ["team"] = "research",
        ["environment"] = "sandbox",
    };

    public ValidatorTests()
    {
        _s3.Attach(_clients.S3);
        _clients.Logs.DescribeLogStreamsAsync(default!, default).ReturnsForAnyArgs(new Amazon.CloudWatchLogs.Model.DescribeLogStreamsResponse());
        _clients.SageMaker.ListTagsAsync(default!, default).ReturnsForAnyArgs(
            _ => new ListTagsResponse { Tags = [.. _tags.Select(tag => new Tag { Key = tag.Key, Value = tag.Value })] });
        foreach (var step in new[] { 60, 120 })
        {
            Save(Manifests.Of(step));
        }

        foreach (var step in new[] { 240, 360, 600 })
        {
            Save(Manifests.Of(step, Manifests.FromNothing(), Resumed));
        }

        // What the program has rotated away is only in old versions.
        foreach (var step in new[] { 60, 120 })
        {
            Remove(step, "manifest.json");
            Remove(step, "rank-0.bin");
            Remove(step, "rank-1.bin");
        }

        _s3.Put(ModelKey, Archives.Model(2.625, Manifests.FromNothing(), Resumed));
    }

    [Fact]
    public async Task GivenAnInterruptedRunThatCompleted_WhenValidated_ThenAllOfItIsProven()
    {
        var evidence = await ValidateAsync();
        Assert.True(evidence.Passed, Details(evidence));
        Assert.Equal(["job", "checkpoints", "resume", "nodes", "model archive", "final metric", "cost", "encryption", "tags"], evidence.Findings.Select(finding => finding.Check));
        Assert.Equal([240, 360, 600], evidence.Checkpoints.Select(checkpoint => checkpoint.Step));
        Assert.Equal((64L, 2), (evidence.Checkpoints[0].Bytes, evidence.Checkpoints[0].Files));
        Assert.Equal($"s3://{Bucket}/{Checkpoints}step-00000240/manifest.json", evidence.Checkpoints[0].ManifestUri);
        Assert.Equal(120, Assert.Single(evidence.Interruptions).ResumedFromStep);
        Assert.Equal((600, 2.625), (evidence.FinalStep, evidence.FinalMetrics["validation:loss"]));
    }

    [Fact]
    public async Task GivenABitChangedInAFile_WhenValidated_ThenTheCheckpointIsCorrupt()
    {
        var content = Manifests.Content(360, 1);
        content[3] ^= 1;
        _s3.Put($"{Checkpoints}step-00000360/rank-1.bin", content);
        Fails(await ValidateAsync(), "checkpoints", "rank-1.bin does not have the SHA-256");
    }

    [Fact]
    public async Task GivenACutFile_WhenValidated_ThenTheCheckpointIsCorrupt()
    {
        _s3.Put($"{Checkpoints}step-00000360/rank-1.bin", [1, 2, 3]);
        Fails(await ValidateAsync(), "checkpoints", "rank-1.bin has 3 bytes, but the manifest lists 32");
    }

    [Fact]
    public async Task GivenAMissingFile_WhenValidated_ThenTheCheckpointCannotBeUsed()
    {
        Remove(360, "rank-1.bin");
        Fails(await ValidateAsync(), "checkpoints", "rank-1.bin is missing");
    }

    [Fact]
    public async Task GivenAManifestThatCannotBeRead_WhenValidated_ThenTheCheckpointIsCorrupt()
    {
        _s3.Put($"{Checkpoints}step-00000600/manifest.json", "{"u8.ToArray());
        Fails(await ValidateAsync(), "checkpoints", "its manifest cannot be read");
    }

    [Fact]
    public async Task GivenTheManifestOfAnotherStep_WhenValidated_ThenTheCheckpointIsCorrupt()
    {
        _s3.Put($"{Checkpoints}step-00000600/manifest.json", Manifests.Json(Manifests.Of(360)));
        Fails(await ValidateAsync(), "checkpoints", "its manifest belongs to step 360");
    }

    [Fact]
    public async Task GivenTheCheckpointOfAnotherJob_WhenValidated_ThenItFails()
    {
        Save(Manifests.Of(480) with { Job = "somebody-else" });
        Fails(await ValidateAsync(), "checkpoints", "somebody-else");
    }

    [Fact]
    public async Task GivenAFolderWithoutManifestAndAnUploadInProgress_WhenValidated_ThenBothAreLeftAside()
    {
        _s3.Put($"{Checkpoints}step-00000480/rank-0.bin", [1]);
        _s3.Put($"{Checkpoints}step-00000600/rank-9.bin.sagemaker-uploading", [1]);
        _s3.Put($"{Checkpoints}other.txt", [1]);
        Assert.True((await ValidateAsync()).Passed);
    }

    [Fact]
    public async Task GivenNoCheckpointOnSpot_WhenValidated_ThenItFails()
    {
        foreach (var step in new[] { 240, 360, 600 })
        {
            Remove(step, "manifest.json");
        }

        Fails(await ValidateAsync(), "checkpoints", "no complete checkpoint");
    }

    [Fact]
    public async Task GivenATruncatedArchive_WhenValidated_ThenItFailsAndSoDoesTheMetric()
    {
        var whole = Archives.Model(2.625);
        _s3.Put(ModelKey, whole[..(whole.Length - 20)]);
        var evidence = await ValidateAsync();
        Fails(evidence, "model archive", "truncated");
    }

    [Fact]
    public async Task GivenNoArchive_WhenValidated_ThenArchiveAndMetricFail()
    {
        _s3.Delete(ModelKey);
        var evidence = await ValidateAsync();
        Fails(evidence, "model archive", "There is no model archive at");
        Fails(evidence, "final metric", "validation:loss is unknown");
        Assert.Equal(600, evidence.FinalStep);
    }

    [Fact]
    public async Task Given_AMetricThatIsNoFiniteNumber_When_Validated_Then_ItIsUnknownAndNotAbsent()
    {
        _s3.Put(ModelKey, Archives.Of(("metrics.json", """{"format":"final-metrics/1","step":1,"metrics":{"validation:loss":1e999},"lineage":[]}""")));

        var evidence = await ValidateAsync();

        Fails(evidence, "model archive", "at $.metrics.validation:loss");
        Fails(evidence, "final metric", "validation:loss is unknown");
    }

    [Theory]
    [InlineData(3.0, 10.0, false)]
    [InlineData(0.0, 2.0, false)]
    [InlineData(2.625, 2.625, true)]
    [InlineData(null, 3.0, true)]
    [InlineData(2.0, null, true)]
    public async Task GivenBounds_WhenValidated_ThenTheFinalMetricHasToLieWithin(double? min, double? max, bool passes)
    {
        var evidence = await ValidateAsync(job => job with { FinalMetric = new("validation:loss", min, max) });
        Assert.Equal(passes, Finding(evidence, "final metric").Passed);
    }

    [Fact]
    public async Task GivenAMissingMetric_WhenValidated_ThenItFails() =>
        Fails(await ValidateAsync(job => job with { FinalMetric = new("accuracy", 0, 1) }), "final metric", "accuracy is not in the metrics.json");

    [Theory]
    [InlineData(3.01, "over the approved $3.00")]
    [InlineData(null, "is unknown")]
    public async Task GivenACostOverTheCeilingOrUnknown_WhenValidated_ThenItFails(double? dollars, string expected) =>
        Fails(await ValidateAsync(attempt: attempt => attempt with { Cost = dollars is { } cost ? new Usd((decimal)cost) : null }), "cost", expected);

    [Theory]
    [InlineData("AES256", null)]
    [InlineData("aws:kms", "arn:aws:kms:us-east-1:000000000000:key/other")]
    [InlineData(null, null)]
    public async Task GivenObjectsWithoutTheKey_WhenValidated_ThenItFails(string? method, string? key)
    {
        (_s3.Encryption, _s3.KeyId) = (method, key);
        Fails(await ValidateAsync(), "encryption", "model.tar.gz");
    }

    [Fact]
    public async Task GivenAnAccountThatDidNotIsolateTheNodes_WhenValidated_ThenTheEvidenceSaysSo()
    {
        var message = new NotEnforced("EnableNetworkIsolation", "no namespace").AppendTo("Training in progress.");
        var evidence = await ValidateAsync(attempt: ended => ended with { Transitions = [.. ended.Transitions.Select(transition => transition with { Message = message })] });

        Assert.Equal(
            new Finding("not enforced", true, "EnableNetworkIsolation was not enforced: no namespace."),
            Assert.Single(evidence.Findings, finding => finding.Check == "not enforced"));
    }

    [Fact]
    public async Task GivenAMessageThatOnlyNamesIsolation_WhenValidated_ThenThatIsNoFinding()
    {
        var evidence = await ValidateAsync(attempt: ended => ended with { Transitions = [.. ended.Transitions.Select(transition => transition with { Message = "EnableNetworkIsolation is on." })] });

        Assert.DoesNotContain(evidence.Findings, finding => finding.Check == "not enforced");
    }

    [Fact]
    public async Task GivenADifferentDigestTag_WhenValidated_ThenItFails()
    {
        _tags[JobNames.DigestTag] = "another";
        Fails(await ValidateAsync(), "tags", JobNames.DigestTag);
    }

    [Fact]
    public async Task GivenAJobThatRanOutOfTime_WhenValidated_ThenTheJobFailsAndTheCheckpointsAreStillReported()
    {
        _s3.Delete(ModelKey);
        var evidence = await ValidateAsync(attempt: attempt => attempt with
        {
            Outcome = OutcomeKind.MaxRuntime,
            OutcomeSentence = "The job used up its time.",
            ModelArtifacts = null,
        });
        Fails(evidence, "job", "used up its time");
        Assert.Equal(3, evidence.Checkpoints.Count);
        Assert.Equal(120, Assert.Single(evidence.Interruptions).ResumedFromStep);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task GivenThePurgeOfOldVersions_WhenTheirManifestsWereKept_ThenTheResumeIsStillProven(bool onThisMachine)
    {
        await Kept.SweepAsync(Run, CancellationToken.None);
        _s3.PurgeOldVersions();
        if (!onThisMachine)
        {
            Directory.Delete(Path.Combine(_folder.Root, "runs"), recursive: true);
        }

        var evidence = await ValidateAsync();

        Assert.True(evidence.Passed, Details(evidence));
        Assert.Equal(120, Assert.Single(evidence.Interruptions).ResumedFromStep);
    }

    [Fact]
    public async Task GivenThePurgeOfOldVersions_WhenNothingOrSomethingElseWasKept_ThenTheResumeIsNotProven()
    {
        await Kept.SweepAsync(Run, CancellationToken.None);
        _s3.PurgeOldVersions();
        foreach (var file in Directory.EnumerateFiles(_folder.Root, "step-00000120*", SearchOption.AllDirectories))
        {
            File.WriteAllText(file, "{}");
        }

        Fails(await ValidateAsync(), "resume", "step 120");
    }

    [Fact]
    public async Task GivenManifestsThatWereKept_WhenTheyAreSweptAgain_ThenNothingIsCopiedTwice()
    {
        await Kept.SweepAsync(Run, CancellationToken.None);
        var copies = _s3.Puts.Count;
        await Kept.SweepAsync(Run, CancellationToken.None);

        Assert.Equal((5, 5), (copies, _s3.Puts.Count));
        Assert.All(_s3.Puts, put => Assert.StartsWith($"runs/{RunId}/record/manifests/step-", put.Key, StringComparison.Ordinal));
        Assert.Equal(
            [Manifests.Sha256(Manifests.Of(60)), Manifests.Sha256(Manifests.Of(120))],
            (await Kept.ListAsync(Run, CancellationToken.None)).Take(2).Select(copy => copy.Sha256));
    }

    [Fact]
    public async Task GivenAManifestWhoseFilesNeverArrived_WhenALaterStartPassedItBy_ThenItIsReportedAndTheRunIsGood()
    {
        var left = Manifests.Of(480);
        _s3.Now = Start.AddSeconds(140);
        _s3.Put($"{Checkpoints}step-00000480/manifest.json", Manifests.Json(left));

        var evidence = await ValidateAsync();

        Assert.True(evidence.Passed, Details(evidence));
        Assert.Contains("step 480 (rank-0.bin is missing)", Finding(evidence, "checkpoints").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GivenTwoNodesAndOneProcess_WhenValidated_ThenTheNumbersAreNamed()
    {
        Save(Manifests.Of(640, Manifests.FromNothing(), Resumed) with { WorldSize = 1 });
        Fails(await ValidateAsync(), "nodes", "2 nodes were paid for, but 1 process");
    }

    [Theory]
    [InlineData(3.0, true)]
    [InlineData(0.001, false)]
    [InlineData(null, null)]
    public async Task GivenAJobOfTerraform_WhenValidated_ThenWhatNobodyApprovedIsNotCheckedAndItsOwnCeilingIs(double? ceiling, bool? within)
    {
        _tags.Remove(JobNames.RunIdTag);
        _tags.Remove(JobNames.DigestTag);
        var adopted = new AdoptedJob { ArtifactFolder = RunId, Ceiling = ceiling is { } usd ? new Usd((decimal)usd) : null, RatePerHour = new Usd(3.6m) };

        var evidence = await ValidateAsync(run: run => run with { Cost = null, Subject = null, Approval = null, Adopted = adopted, Job = run.Job! with { FinalMetric = null } });

        string[] expected = within is null ? ["final metric", "cost", "approval"] : ["final metric", "approval"];
        Assert.Equal(expected, evidence.Unchecked);
        Assert.Equal((within != false, within == true), (evidence.Passed, Finding(evidence, "cost").Passed));
        Assert.True(Finding(evidence, "tags").Passed);
    }

    private KeptManifests Kept => new(_clients, new CheckpointReader(_clients), new ArtifactsFolder(_folder.Root));

    public void Dispose() => _folder.Dispose();

    private static Finding Finding(EvidenceRecord evidence, string check) => Assert.Single(evidence.Findings, finding => finding.Check == check);

    private static void Fails(EvidenceRecord evidence, string check, string expected)
    {
        var finding = Finding(evidence, check);
        Assert.False(finding.Passed);
        Assert.False(evidence.Passed);
        Assert.Contains(expected, finding.Detail, StringComparison.Ordinal);
    }

    private static string Details(EvidenceRecord evidence) => string.Join('\n', evidence.Findings);

    private void Save(CheckpointManifest manifest)
    {
        var folder = FormattableString.Invariant($"{Checkpoints}step-{manifest.Step:D8}/");
        _s3.Now = manifest.WrittenAt;
        _s3.Put(folder + "rank-0.bin", Manifests.Content(manifest.Step, 0));
        _s3.Put(folder + "rank-1.bin", Manifests.Content(manifest.Step, 1));
        _s3.Put(folder + "manifest.json", Manifests.Json(manifest));
    }

    private void Remove(int step, string file) => _s3.Delete(FormattableString.Invariant($"{Checkpoints}step-{step:D8}/{file}"));

    private Task<EvidenceRecord> ValidateAsync(Func<TrainingJobSpec, TrainingJobSpec>? job = null, Func<AttemptRecord, AttemptRecord>? attempt = null, Func<RunRecord, RunRecord>? run = null)
    {
        StatusTransition Status(string status, double from, double to) => new(status, Start.AddSeconds(from), Start.AddSeconds(to), null);
        var ended = Intent with
        {
            JobArn = JobArn,
            SubmittedAt = Start,
            Status = "Completed",
            SecondaryStatus = "Completed",
            Outcome = OutcomeKind.Completed,
            OutcomeSentence = "The training is done.",
            Cost = new Usd(0.4m),
            ModelArtifacts = $"s3://{Bucket}/{ModelKey}",
            Transitions = [Status("Training", 20, 130), Status("Interrupted", 130, 131), Status("Starting", 131, 145), Status("Training", 145, 700)],
        };
        var ran = Run with { Job = job?.Invoke(Job) ?? Job, Attempts = [attempt?.Invoke(ended) ?? ended] };
        return new Validator(_clients, new CheckpointReader(_clients), Kept).ValidateAsync(run?.Invoke(ran) ?? ran, CancellationToken.None);
    }
}
