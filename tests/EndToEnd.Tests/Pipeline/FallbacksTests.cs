using System.Text.Json;

namespace BuildPipeline.EndToEnd.Tests.Pipeline;

/// <summary>Nodes that AWS does not have, and those that are tried in their place.</summary>
public sealed class FallbacksTests : IAsyncLifetime
{
    private readonly Workplace _place = new();

    public Task InitializeAsync() => _place.HostSandboxAsync();

    public async Task DisposeAsync() => await _place.DisposeAsync();

    [TerraformFact]
    public async Task Given_RefusedNodeOptions_When_Launched_Then_TheNextOneTrainsAndTheReceiptShowsThemAll()
    {
        var fallbacks = Fallbacks(_place, """
            { instance_type = "ml.g6.xlarge", instance_count = 17 },
            { instance_type = "ml.g4dn.xlarge" },
            { instance_type = "ml.g5.2xlarge", use_spot_instances = true, max_usd_per_node_hour = 2 },
            """);
        (await _place.QuickAsync("--target=Approve", fallbacks)).ShouldExitWith(0);
        var exceeded = Assert.Single(
            _place.Run.GetProperty("cost").GetProperty("quotas").EnumerateArray(),
            quota => quota.GetProperty("limit") is { ValueKind: JsonValueKind.Number } limit && limit.GetDecimal() < quota.GetProperty("needed").GetDecimal());
        Assert.Equal((2, 17, 16), (exceeded.GetProperty("node_option").GetInt32(), exceeded.GetProperty("needed").GetInt32(), exceeded.GetProperty("limit").GetInt32()));
        await _place.FaultsAsync(Refused("capacity", "ml.g5.xlarge"), Refused("quota", "ml.g4dn.xlarge"));

        (await _place.BuildAsync("--target=Launch", "--run=latest", "--interruptions=0")).ShouldExitWith(0)
            .ShouldContain("17 x ml.g6.xlarge", "'ml.g6.xlarge for training job usage' is 16", "2 x ml.g5.2xlarge");

        Assert.Equal(["1 on_demand no_capacity", "3 on_demand quota", "4 spot completed"], Attempts);
        var summary = await File.ReadAllTextAsync(_place.RunFile("summary.md"));
        Assert.Contains("| 2 x ml.g5.xlarge | on-demand | 0 s | - | $0.00 |", summary, StringComparison.Ordinal);
        Assert.Contains("-a3` | 2 x ml.g5.2xlarge | spot |", summary, StringComparison.Ordinal);
        Assert.Equal(2, (await _place.JobsAsync()).Count);
        var events = await File.ReadAllLinesAsync(_place.RunFile("events.jsonl"));
        Assert.Equal(["launch.fallback_skipped", "launch.fallback", "launch.intent"], events.Select(KindOf).SkipWhile(kind => kind != "launch.fallback_skipped").Take(3));
    }


    [TerraformFact]
    [Trait("Tier", "all")]
    public async Task Given_FallbacksWithoutCapacity_When_LeftAloneAndResumed_Then_ItContinuesWhereItWasAndEndsWithEachReason()
    {
        // The second node option has a volume, whose key nobody knows before the first apply.
        var fallbacks = Fallbacks(_place, """{ instance_type = "ml.m5.large" },""");
        (await _place.QuickAsync("--target=Approve", fallbacks)).ShouldExitWith(0);
        await _place.FaultsAsync(Refused("capacity", "ml.g5.xlarge"), Refused("capacity", "ml.m5.large"));
        (await _place.BuildAsync("--target=Launch", "--run=latest", "--detach")).ShouldExitWith(75);

        (await _place.BuildAsync("--target=Launch")).ShouldExitWith(5, "BP1538").ShouldContain("2 x ml.g5.xlarge", "2 x ml.m5.large");

        Assert.Equal(["1 on_demand no_capacity", "2 on_demand no_capacity"], Attempts);
        Assert.Equal(0, _place.Run.GetProperty("actual_cost").GetDecimal());
        (await _place.BuildAsync("--target=Launch", "--run=latest")).ShouldExitWith(5, "BP1730").ShouldContain("BP1538");
    }

    private IEnumerable<string> Attempts => _place.Run.GetProperty("attempts").EnumerateArray()
        .Select(attempt => $"{attempt.GetProperty("node_option")} {attempt.GetProperty("market")} {attempt.GetProperty("outcome")}");

    private static object Refused(string kind, string type) => new { service = "sagemaker", operation = "CreateTrainingJob", kind, instance_type = type };

    private static string KindOf(string line) => JsonDocument.Parse(line).RootElement.GetProperty("kind").GetString()!;

    private static string Fallbacks(Workplace place, string nodeOptions) =>
        $"--var-file={place.Write("fallbacks.tfvars", $"use_spot_instances = false\nmax_wait_seconds = null\nmax_run_cost_usd = 50\ninstance_fallbacks = [\n{nodeOptions}\n]\n")}";
}
