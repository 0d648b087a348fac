using System.Text.Json;

namespace BuildPipeline.EndToEnd.Tests.Pipeline;

public sealed class PriceTests(SharedWorkplace shared) : IClassFixture<SharedWorkplace>
{
    private readonly Workplace _place = shared.Place;

    [TerraformFact]
    public async Task Given_ThePlannedJob_When_Forecast_Then_OtherWaysAreComparedAndItsOwnIsMarked()
    {
        (await _place.QuickAsync("--target=Forecast", "--deadline=2h")).ShouldExitWith(0).ShouldContain("▶ 2 x ml.g5.xlarge");

        using var forecast = JsonDocument.Parse(await File.ReadAllTextAsync(_place.RunFile("forecast.json")));
        Assert.True(forecast.RootElement.GetProperty("rows").GetArrayLength() > 100);
    }

    [TerraformFact]
    public async Task Given_TheSandboxsPriceList_When_Priced_Then_EveryFigureNamesItsSourceAndTheRunKeepsThem()
    {
        (await _place.QuickAsync("--target=CostGate")).ShouldExitWith(0).ShouldContain("AWS price list");
        var prices = _place.Run.GetProperty("cost").GetProperty("prices").GetProperty("sha256").GetString();

        (await _place.BuildAsync("--target=Approve", "--run=latest")).ShouldExitWith(0);

        Assert.Equal(prices, _place.Run.GetProperty("subject").GetProperty("prices_sha256").GetString());
        Assert.EndsWith("-us-east-1.json", Assert.Single(Directory.GetFiles(Path.Combine(_place.ArtifactsFolder, "prices"))), StringComparison.Ordinal);
    }

    [TerraformFact]
    [Trait("Tier", "all")]
    public async Task Given_ADeadlineThatLeavesNoTimeForSpot_When_Priced_Then_TheFiguresAreThoseOfTheMoveUnlessThePolicyNeverMoves()
    {
        string[] hurried = ["--target=CostGate", "--deadline=25m", "--var=expected_runtime_seconds=1200"];

        (await _place.QuickAsync(hurried)).ShouldExitWith(0);
        Assert.Equal(1, _place.Run.GetProperty("cost").GetProperty("cost_simulation").GetProperty("move_share").GetDouble());
        var moves = _place.Run.GetProperty("cost").GetProperty("expected").GetDecimal();
        (await _place.QuickAsync([.. hurried, "--policy=spot-only"])).ShouldExitWith(0);

        Assert.False(_place.Run.GetProperty("cost").GetProperty("cost_simulation").TryGetProperty("move_share", out _));
        Assert.True(moves > 2 * _place.Run.GetProperty("cost").GetProperty("expected").GetDecimal());
    }

    [TerraformFact]
    [Trait("Tier", "all")]
    public async Task Given_TheDaysThatOldVersionsAreKept_When_Priced_Then_TheCeilingFollowsThem()
    {
        var ceilings = new List<decimal>();
        foreach (var days in new[] { 1, 7, 3650 })
        {
            (await _place.QuickAsync("--target=CostGate", "--var=checkpoint_size_gb=50", "--var=max_run_cost_usd=1000000", $"--var=noncurrent_version_expiration_days={days}")).ShouldExitWith(0);
            ceilings.Add(_place.Run.GetProperty("cost").GetProperty("ceiling").GetDecimal());
        }

        Assert.Equal(ceilings.Distinct().Order(), ceilings);
        Assert.Equal(3, ceilings.Distinct().Count());
    }
}
