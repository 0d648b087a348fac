using BuildPipeline.Replay;
using BuildPipeline.Spot;

namespace BuildPipeline.Pipeline.Tests.Replay;

public sealed class SlackPlotTests : IDisposable
{
    private static readonly byte[] PngSignature = [0x89, 0x50, 0x4E, 0x47];

    private static readonly SlackPoint[] Points =
    [
        new(0.1, 10, [new("omniscient bound", 0.7, 1, 0, 0), new("spot-only", 0.4, 0.6, 5, 9), new(MarketPolicies.Default, 0.8, 1.1, 0, 3)]),
        new(0.5, 10, [new("omniscient bound", 0.5, 1, 0, 0), new("spot-only", 0.4, 0.8, 2, 9), new(MarketPolicies.Default, 0.6, 1.2, 0, 3)]),
    ];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("plot-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Given_ASweep_When_DrawnAsSvg_Then_EveryPolicyIsNamedAndLateJobsAreTold()
    {
        var svg = File.ReadAllText(Draw("cost.svg"));

        Assert.StartsWith("<?xml", svg, StringComparison.Ordinal);
        Assert.All(
            ["omniscient bound", "spot-only (20-50% late)", MarketPolicies.Default, "Slack to the deadline", "Cost, % of the work on on-demand"],
            text => Assert.Contains(text, svg, StringComparison.Ordinal));
    }

    [Fact]
    public void Given_ASweep_When_DrawnAsPng_Then_ItIsOne() => Assert.Equal(PngSignature, File.ReadAllBytes(Draw("cost.PNG")).Take(PngSignature.Length));

    private string Draw(string name)
    {
        var file = Path.Combine(_folder.FullName, name);
        SlackPlot.Save(file, Points);
        return file;
    }
}
