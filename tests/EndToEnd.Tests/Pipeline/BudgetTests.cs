using System.Text.Json.Nodes;
using Amazon.S3.Model;

namespace BuildPipeline.EndToEnd.Tests.Pipeline;

/// <summary>A team with $2 a month, and runs of $1.56.</summary>
[Trait("Tier", "all")]
public sealed class BudgetTests : IAsyncLifetime
{
    private const string StateBucket = "sandbox-terraform-state";
    private const string LedgerKey = "ledger/research.json";

    private readonly Workplace _place = new();
    private readonly string _teams;

    public BudgetTests() =>
        _teams = $"--var-file={_place.Write("teams.tfvars", "teams = { research = { instance_families = [\"g5\"], usd_per_month = 2 } }\n")}";

    public Task InitializeAsync() => _place.HostSandboxAsync();

    public async Task DisposeAsync() => await _place.DisposeAsync();

    [Fact]
    public async Task Given_ABudgetForOneOfTwoRuns_When_TheFirstIsSettled_Then_TheSecondFits()
    {
        (await _place.QuickAsync("--target=Approve", _teams)).ShouldExitWith(0).ShouldContain("$1.56", "research");
        var first = _place.LatestRunId;

        (await _place.QuickAsync("--target=Launch", _teams)).ShouldExitWith(3, "BP1201").ShouldContain("BP1244", "$0.44", "$2.00");
        Assert.Empty(await _place.JobsAsync());

        (await _place.BuildAsync("--target=Launch", $"--run={first}", "--interruptions=0")).ShouldExitWith(0);
        var entry = Assert.Single((await LedgerAsync())["entries"]!.AsArray())!;
        Assert.Equal(first, (string?)entry["run_id"]);
        Assert.NotNull(entry["closed_at"]);
        Assert.InRange((decimal)entry["amounts"]!["usd"]!, 0.0001m, 0.44m);
        Assert.Matches(@"\| dollars \| \$1\.56 \| \$0\.00\d* \| \$0\.00\d* \| \$[12]\.\d+ of \$2\.00 \|", await File.ReadAllTextAsync(Path.Combine(_place.ArtifactsFolder, "runs", first, "summary.md")));
        (await _place.BuildAsync("--target=Status", $"--run={first}")).ShouldExitWith(0).ShouldContain(new Usd((decimal)entry["amounts"]!["usd"]!).ToString());

        (await _place.QuickAsync("--target=Approve", _teams)).ShouldExitWith(0);
    }

    [Fact]
    public async Task Given_TwoApprovalsAtOnce_When_TheBudgetCoversOne_Then_ExactlyOneIsGiven()
    {
        string[] others = [_place.ArtifactsFolder + "-a", _place.ArtifactsFolder + "-b"];
        foreach (var folder in others)
        {
            (await RunInAsync(folder, $"--target=CostGate {Workplace.Quick} {_teams}")).ShouldExitWith(0);
        }

        var ended = await Task.WhenAll(others.Select(folder => RunInAsync(
            folder, $"--target=Approve --run={File.ReadAllText(Path.Combine(folder, "runs", "latest")).Trim()}")));

        Assert.Equal([0, 3], ended.Select(end => end.ExitCode).Order());
        Assert.Single((await LedgerAsync())["entries"]!.AsArray());
    }

    [Fact]
    public async Task Given_AReservationOfACrashedRun_When_ItsLeaseIsOver_Then_TheNextRunGetsIt()
    {
        (await _place.QuickAsync("--target=Approve", _teams)).ShouldExitWith(0);
        var crashed = _place.LatestRunId;
        await EndLeaseAsync();

        (await _place.QuickAsync("--target=Approve", _teams)).ShouldExitWith(0);

        var entry = (await LedgerAsync())["entries"]!.AsArray().Single(entry => (string?)entry!["run_id"] == crashed)!;
        Assert.NotNull(entry["closed_at"]);
        Assert.Equal(0, (decimal)entry["amounts"]!["usd"]!);
    }

    [Fact]
    public async Task Given_AJobThatNobodyWatches_When_TheLeaseOfItsRunIsOver_Then_ItHoldsTheBudgetUntilItsBillCounts()
    {
        // Long enough to be still running when the gate looks, however slow the machine; then it is stopped.
        (await _place.BuildAsync("--target=Launch", "--detach", "--interruptions=0", _teams, await _place.SlowerAsync("long.tfvars", steps: 5000))).ShouldExitWith(75);
        var left = _place.Run.GetProperty("attempts")[0].GetProperty("job_name").GetString()!;
        await EndLeaseAsync();
        (await _place.QuickAsync("--target=CostGate", _teams)).ShouldExitWith(3, "BP1201").ShouldContain("BP1244", "$1.56");

        (await _place.BuildAsync("--target=Stop", "--all", "--team=vision")).ShouldExitWith(0).ShouldContain("No training job");
        (await _place.BuildAsync("--target=Stop", "--all", "--team=research")).ShouldExitWith(0).ShouldContain($"{left}: stopped.", "checkpoint", "No training job");

        (await _place.QuickAsync("--target=Approve", _teams)).ShouldExitWith(0);
        Assert.InRange((decimal)(await LedgerAsync())["entries"]![0]!["amounts"]!["usd"]!, 0.0001m, 0.44m);
    }

    [Fact]
    public async Task Given_ALaunchThatIsRefusedForGood_When_ItEnds_Then_ItsReservationIsBackAndCleanupLeavesTheLedger()
    {
        (await _place.QuickAsync("--target=Plan", _teams)).ShouldExitWith(0);
        await _place.FaultsAsync(new { service = "sagemaker", operation = "CreateTrainingJob", kind = "quota", count = 1 });
        (await _place.QuickAsync("--target=Launch", _teams)).ShouldExitWith(5, "BP1533");
        Assert.Equal(0, (decimal)(await LedgerAsync())["entries"]![0]!["amounts"]!["usd"]!);
        var bucket = _place.Run.GetProperty("job").GetProperty("artifact_bucket").GetString();

        (await _place.BuildAsync("--target=Cleanup", $"--purge-artifacts={bucket}")).ShouldExitWith(0);

        Assert.Empty((await _place.ResourcesAsync()).GetProperty("resources").EnumerateArray());
        Assert.NotNull((await LedgerAsync())["entries"]);
    }


    [Fact]
    public async Task Given_NoAnswerFromServiceQuotas_When_Priced_Then_ItIsAWarning()
    {
        (await _place.QuickAsync("--target=Plan")).ShouldExitWith(0);
        await _place.FaultsAsync(new { service = "servicequotas", operation = "*", kind = "internal_error", count = 20 });

        (await _place.QuickAsync("--target=CostGate")).ShouldExitWith(0).ShouldContain("quotas were not checked");
    }

    // As if the process had died more than an hour ago.
    private async Task EndLeaseAsync()
    {
        var ledger = await LedgerAsync();
        ledger["entries"]![0]!["lease_until"] = "2026-01-01T00:00:00+00:00";
        using var s3 = _place.CreateS3();
        await s3.PutObjectAsync(new PutObjectRequest { BucketName = StateBucket, Key = LedgerKey, ContentBody = ledger.ToJsonString() });
    }

    private Task<Result> RunInAsync(string folder, string options) => Workplace.EndAsync(Workplace.StartShell(
        $"./build.sh {options} --artifacts={folder} --sandbox-state={_place.SandboxState}", new Dictionary<string, string>()));

    private async Task<JsonNode> LedgerAsync()
    {
        using var s3 = _place.CreateS3();
        using var answer = await s3.GetObjectAsync(StateBucket, LedgerKey);
        return (await JsonNode.ParseAsync(answer.ResponseStream))!;
    }
}
