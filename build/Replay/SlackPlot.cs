using System.Globalization;
using BuildPipeline.Spot;
using ScottPlot;

namespace BuildPipeline.Replay;

/// <summary>Draws cost against deadline slack, a line for each policy.</summary>
public static class SlackPlot
{
    private const int Width = 960;
    private const int Height = 560;
    private const string Font = "DejaVu Sans";

    // Told apart by people who see colours otherwise, too (Okabe and Ito).
    private static readonly string[] Colours = ["#000000", "#999999", "#E69F00", "#56B4E9", "#009E73", "#CC79A7", "#D55E00"];

    /// <summary>Draws into a file, as its extension says.</summary>
    /// <param name="file">Absolute path, .svg or .png.</param>
    /// <param name="points">The sweep.</param>
    public static void Save(string file, IReadOnlyList<SlackPoint> points)
    {
        using var plot = new Plot();
        var slacks = points.Select(point => 100 * point.Slack).ToArray();
        for (var row = 0; row < points[0].Scores.Count; row++)
        {
            Add(plot, slacks, points, row);
        }

        plot.Title(string.Create(
            CultureInfo.InvariantCulture,
            $"{SlackSweep.WorkHours} h of work, {60 * SlackSweep.RestartHours:0} min per start, spot at {100 * SlackSweep.SpotPriceRatio:0}% of on-demand, {points[0].Jobs} jobs per point"));
        plot.XLabel("Slack to the deadline, % of the work");
        plot.YLabel("Cost, % of the work on on-demand");
        plot.Axes.SetLimits(0, slacks[^1] * 1.02, 0, 112);
        plot.ShowLegend(Edge.Right);
        plot.Font.Set(Font);
        if (Path.GetExtension(file).Equals(".svg", StringComparison.OrdinalIgnoreCase))
        {
            plot.SaveSvg(file, Width, Height);
        }
        else
        {
            plot.SavePng(file, Width, Height);
        }
    }

    private static void Add(Plot plot, double[] slacks, IReadOnlyList<SlackPoint> points, int row)
    {
        var line = plot.Add.Scatter(slacks, points.Select(point => 100 * point.Scores[row].Cost).ToArray());
        var late = points.Select(point => (double)point.Scores[row].Late / point.Jobs).ToList();
        var mayBeLate = late.Max() > 0;
        line.LegendText = ReplayView.Title(points[0].Scores[row]) + (mayBeLate ? string.Create(
            CultureInfo.InvariantCulture, $" ({100 * late.Min():0}-{100 * late.Max():0}% late)") : "");
        line.Color = Color.FromHex(Colours[row % Colours.Length]);
        line.LineWidth = points[0].Scores[row].Policy == MarketPolicies.Default ? 3 : 1.5f;
        // Skia cannot draw a dashed line into an SVG; open marks set apart what is no way to meet a deadline.
        (line.MarkerShape, line.MarkerSize) = row == 0 || mayBeLate ? (MarkerShape.OpenCircle, 8) : (MarkerShape.FilledCircle, 5);
    }
}
