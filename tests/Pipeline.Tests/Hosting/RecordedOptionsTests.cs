using BuildPipeline.Approvals;
using BuildPipeline.Cli;
using BuildPipeline.Hosting;
using BuildPipeline.Jobs;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Runs;
using BuildPipeline.Stalls;
using BuildPipeline.Tasks;
using BuildPipeline.Terraform;

namespace BuildPipeline.Pipeline.Tests.Hosting;

/// <summary>What a person decides by an option is recorded and approved, or does not change what a run costs or does.</summary>
public sealed class RecordedOptionsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("options-test-");

    // Each with what the approval binds of it.
    private static readonly Dictionary<string, Func<ApprovalSubject, ApprovalSubject>> Approved = new()
    {
        ["environment"] = subject => subject with { Environment = "other" },
        ["var"] = subject => subject with { ConfigurationSha256 = new ConfigurationRecord { Variables = new Dictionary<string, string> { ["a"] = "b" } }.Sha256() },
        ["var-file"] = subject => subject with { ConfigurationSha256 = new ConfigurationRecord { VariableFiles = new Dictionary<string, string> { ["a"] = "b" } }.Sha256() },
        ["deadline"] = subject => subject with { Terms = new("expected-cost", 3) },
        ["on-stall"] = subject => subject with { Terms = new("expected-cost", null, OnStall.Restart) },
        ["policy"] = subject => subject with { Terms = new("spot-only", null) },
        ["policy-command"] = subject => subject with { Policy = new("./rules", []) },
    };

    private static readonly Dictionary<string, string> Harmless = new()
    {
        ["target"] = "which step is taken now",
        ["run"] = "which run",
        ["job"] = "which file of variables, whose content is in the configuration; a run keeps its job",
        ["adopt"] = "which run; one that may only be observed",
        ["approve"] = "gives the approval",
        ["detach"] = "how long this process watches",
        ["wait"] = "how long this process watches",
        ["accept-running"] = "which exit code the caller gets",
        ["attempt"] = "Logs only, which changes no run",
        ["node"] = "Logs only, which changes no run",
        ["follow"] = "Logs only, which changes no run",
        ["for"] = "how long Watch watches",
        ["parallel"] = "how many runs are driven at once; what they may cost is approved",
        ["sweep"] = "which variables its runs get, which are in the configuration of each",
        ["release-lock"] = "removes a lock that nobody holds, before the run changes anything",
        ["purge-artifacts"] = "Cleanup only, which works on no run",
        ["github-repository"] = "where the receipt is posted",
        ["github-issue"] = "where the receipt is posted",
        ["interruptions"] = "the sandbox only, where nothing costs",
        ["traces"] = "Replay only, which works on no run",
        ["jobs"] = "Replay only, which works on no run",
        ["offline"] = "Status and Summary only, which drive no run",
        ["out"] = "Replay only, which works on no run",
        ["plot"] = "Replay only, which works on no run",
        ["sweep-checkpoints"] = "Replay only, which works on no run",
        ["assume-role"] = "who asks; AWS decides by it what it lets through",
        ["artifacts"] = "where the record is",
        ["sandbox-state"] = "where the sandbox keeps its state",
        ["what-if"] = "compares; what it plans are other runs, each with an approval of its own",
        ["why"] = "Freeze and Unfreeze, which work on no run",
        ["team"] = "Freeze, Unfreeze and History, which work on no run",
        ["month"] = "History only, which changes no run",
        ["approval-key"] = "Verify only, which changes no run",
        ["output"] = "how a target that changes no run shows it",
        ["all"] = "Stop of all jobs, which works on no run",
        ["port"] = "Sandbox only, which works on no run",
        ["filter"] = "Test only, which works on no run",
        ["tier"] = "Test only, which works on no run",
        ["verbosity"] = "output",
        ["dryrun"] = "does nothing",
        ["exclusive"] = "which steps are taken now; each checks what it needs",
        ["tree"] = "output",
        ["description"] = "output",
        ["version"] = "output",
        ["info"] = "output",
        ["help"] = "output",
    };

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Given_TheOptions_When_Listed_Then_EachIsApprovedOrHarmless() => Assert.Equal(
        OptionCatalog.All.Select(option => option.Name).Order(StringComparer.Ordinal), Approved.Keys.Concat(Harmless.Keys).Order(StringComparer.Ordinal));

    [Fact]
    public void Given_AnApprovedOption_When_ItsValueChanges_Then_TheDigestDoes() => Assert.All(
        Approved, option => Assert.NotEqual(ApprovalDigest.Compute(Sample.Subject), ApprovalDigest.Compute(option.Value(Sample.Subject))));

    [Theory]
    [InlineData("--var=enable_training_job=false")]
    [InlineData("--var=instance_count=3")]
    [InlineData("--var=never_given=1")]
    [InlineData("--policy=spot-only")]
    [InlineData("--deadline=2h")]
    [InlineData("--on-stall=restart")]
    [InlineData("--var-file=other.tfvars")]
    public async Task Given_APricedRun_When_AnOptionSaysSomethingElse_Then_ItIsRefusedByName(string option)
    {
        var run = Priced();

        var refusal = await RefusalAsync(run, false, "Launch", option);

        Assert.Equal("BP1732", refusal.Code.Id);
        Assert.Contains(option.Split('=')[0], refusal.Message, StringComparison.Ordinal);
        Assert.Contains(run.RunId, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Launch", false, true, "Launch --run", "Launch --var=instance_count=3 --deadline=2h")]
    [InlineData("CostGate", false, null, "CostGate --run", "CostGate --var=instance_count=3 --deadline=2h")]
    [InlineData("Launch", true, true, "Launch --run", "Stop --run", "Launch --run", "Launch --var=instance_count=3 --deadline=2h")]
    [InlineData("Launch", true, null, "Launch --run", "Stop --run", "Launch --run", "Launch --var=instance_count=3 --deadline=2h")]
    [InlineData("Launch", true, false, "Launch --run", "Launch --var=instance_count=3 --deadline=2h")]
    [InlineData("Apply", true, true, "Launch --run", "Stop --run", "Launch --run", "Apply --var=instance_count=3 --deadline=2h")]
    public async Task Given_OtherValues_When_Refused_Then_EachCommandIsCompleteNoneRepeatsThemForTheOldRunAndAJobThatEndedIsNotStopped(
        string target, bool isOpen, bool? isRunning, params string[] commands)
    {
        var run = isOpen ? Priced() with { Attempts = TestRuns.Run.Attempts } : Priced();

        var refusal = await RefusalAsync(run, isRunning, target, "--var=instance_count=3", "--deadline=2h");

        Assert.Equal(
            commands.Select(command => $"  ./build.sh --target={command.Replace("--run", $"--run={run.RunId}", StringComparison.Ordinal)}"),
            refusal.Message.Split('\n').Where(line => line.StartsWith("  ", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Given_AMistypedVariable_When_ARunIsContinued_Then_ItsNameIsTheError(bool isOpen)
    {
        var run = isOpen ? Priced() with { Attempts = TestRuns.Run.Attempts } : Priced();

        var refusal = await RefusalAsync(run, true, "Launch", "--var=instance_cuont=3");

        Assert.Equal("BP1103", refusal.Code.Id);
        Assert.Contains("instance_count", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public Task Given_APricedRun_When_TheSameOptionsAreGivenAgain_Then_TheyAreAccepted() => RecordedOptions.RequireAsync(
        Priced(), Read("Launch", "--var=instance_count=9", "--var=instance_count=2", "--policy=EXPECTED-COST", "--deadline=60m", $"--var-file={File("same.tfvars")}", $"--var-file={File("copy.tfvars")}"), Sample.Hints, Nobody);

    [Theory]
    [InlineData("Plan", "--var=instance_count=3")]
    [InlineData("Forecast", "--deadline=2h")]
    public Task Given_ATargetThatPlansOrCompares_When_AnOptionSaysSomethingElse_Then_ItIsAccepted(string target, string option) =>
        RecordedOptions.RequireAsync(Priced(), Read(target, option), Sample.Hints, Nobody);

    [Fact]
    public Task Given_APlannedRun_When_ItIsNotPricedYet_Then_PolicyAndDeadlineAreFree() =>
        RecordedOptions.RequireAsync(Priced() with { Terms = null }, Read("CostGate", "--policy=spot-only", "--deadline=2h"), Sample.Hints, Nobody);

    [Fact]
    public void Given_AConfiguration_When_FilesAreEditedAddedOrRemoved_Then_EachIsNamed()
    {
        var infra = _folder.CreateSubdirectory("infra");
        foreach (var folder in new[] { "environments", "modules/network", "tests", ".terraform" })
        {
            infra.CreateSubdirectory(folder);
        }

        string[] names = ["main.tf", "removed.tf", "modules/network/main.tf", "environments/sandbox.tfvars", "environments/aws.tfvars", "tests/a.tf", ".terraform/b.tf"];
        foreach (var name in names)
        {
            File($"infra/{name}");
        }

        var planned = ConfigurationFiles.Read(_folder.FullName, "sandbox", null, [File("more.tfvars")], ["a=1", "a=2"]);
        foreach (var name in names)
        {
            File($"infra/{name}", "edited");
        }

        System.IO.File.Delete(Path.Combine(infra.FullName, "removed.tf"));
        File("infra/x.auto.tfvars");
        var more = File("more.tfvars", "edited");
        var now = ConfigurationFiles.ReadAgain(planned, _folder.FullName, "sandbox", null);

        Assert.Equal(
            ((string[])["environments/sandbox.tfvars", "main.tf", "modules/network/main.tf", "removed.tf", "x.auto.tfvars", more]).Order(StringComparer.Ordinal),
            planned.FilesChangedIn(now));
        Assert.NotEqual(planned.Sha256(), now.Sha256());
        Assert.Equal(HexDigest.Calculate("2"), planned.Variables["a"]);
    }

    [Fact]
    public void Given_AConfiguration_When_AVariableFileIsElsewhere_Then_ItIsTheSame()
    {
        _folder.CreateSubdirectory("infra");
        var here = ConfigurationFiles.Read(_folder.FullName, "sandbox", null, [File("here.tfvars")], ["a=1"]);
        var there = ConfigurationFiles.Read(_folder.FullName, "sandbox", null, [File("there.tfvars")], ["a=1"]);

        Assert.Equal(here.Sha256(), there.Sha256());
        Assert.Empty(here.FilesChangedIn(ConfigurationFiles.ReadAgain(here, _folder.FullName, "sandbox", null)));
    }

    private static Task<bool?> Nobody(string job) => throw new InvalidOperationException($"Nobody had to ask for {job}.");

    private async Task<PipelineException> RefusalAsync(RunRecord run, bool? isRunning, string target, params string[] given)
    {
        _folder.CreateSubdirectory("infra");
        File("infra/variables.tf", string.Concat(((string[])["enable_training_job", "instance_count", "never_given"]).Select(name => $"variable \"{name}\" {{}}\n")));
        var options = Read(target, given);
        return await Assert.ThrowsAsync<PipelineException>(
            () => RecordedOptions.RequireAsync(run, options, ServiceCollectionExtensions.HintsFor(options, _ => null), _ => Task.FromResult(isRunning)));
    }

    private RunRecord Priced() => new()
    {
        RunId = "20260131-120000-1a2b",
        Environment = "sandbox",
        StartedAt = Sample.Noon,
        Terms = new RunTerms("expected-cost", 1),
        Plan = Sample.Plan with
        {
            Configuration = new ConfigurationRecord
            {
                Variables = new Dictionary<string, string> { ["instance_count"] = HexDigest.Calculate("2"), ["enable_training_job"] = HexDigest.Calculate("true") },
                VariableFiles = new Dictionary<string, string> { [File("same.tfvars")] = TerraformDocuments.Sha256(File("same.tfvars")) },
            },
        },
    };

    private PipelineOptions Read(string target, params string[] options)
    {
        File("other.tfvars", "other");
        return CommandLine.Read([$"--target={target}", .. options], [target], _folder.FullName);
    }

    private string File(string name, string text = "x")
    {
        var file = Path.Combine(_folder.FullName, name);
        System.IO.File.WriteAllText(file, text);
        return file;
    }
}
