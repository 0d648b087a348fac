using BuildPipeline.Reporting.Receipts;

namespace BuildPipeline.Reporting.Html;

/// <summary>Curves of the loss over steps, with a line at each restart.</summary>
internal static class LossDrawing
{
    private const double Width = 1000;
    private const double Height = 300;
    private const double Margin = 8;

    /// <summary>The curves, their axes and the legend.</summary>
    public static Html Draw(LossCurves loss)
    {
        var scale = LossScale.Calculate(loss.Curves);
        var restarts = loss.Restarts.Select(restart => restart.Step).OfType<long>().Where(step => step >= scale.First && step <= scale.Last).Distinct().ToList();
        var legend = loss.Curves.Select((curve, index) => Legend.Entry(FormattableString.Invariant($"key-{index + 1}"), $"{InertText.OneLine(curve.Metric)}{(curve.NotFinite == 0 ? "" : $" ({Counted.Format(curve.NotFinite, "value")} that is not a number)")}"))
            .Concat(restarts.Count == 0 ? [] : [Legend.Entry("key-restart", "restart")]);
        return Html.From(
            $"""
            <figure>
            <div class="plot">
            <div class="values"><span>{Format.Value(scale.High)}</span><span>{Format.Value(scale.Middle)}</span><span>{Format.Value(scale.Low)}</span></div>
            <svg role="img" aria-label="Loss over steps; the table has the final values" viewBox="0 0 {Width} {Height}" preserveAspectRatio="none">
            {new[] { Margin, Height / 2, Height - Margin }.Select(y => Html.From($"<path class=\"grid\" d=\"M0 {y}H{Width}\"/>"))}
            {restarts.Select(step => Html.From($"<path class=\"restart-line\" d=\"M{scale.X(step) * Width} 0V{Height}\"/>"))}
            {loss.Curves.SelectMany((curve, index) => curve.Parts.Select(part => Draw(scale, part, index + 1)))}
            </svg>
            <div class="axis"><span>step {FormattableString.Invariant($"{scale.First}")}</span><span>{FormattableString.Invariant($"{scale.Last}")}</span></div>
            </div>
            {Legend.Draw(legend)}</figure>

            """);
    }

    // A line of length zero with round ends is a dot.
    private static Html Draw(LossScale scale, IReadOnlyList<LossPoint> part, int number)
    {
        var points = part.Select((point, index) => Html.From($"{(index == 0 ? "M" : "L")}{scale.X(point.Step) * Width} {Height - Margin - (scale.Y(point.Value) * (Height - (2 * Margin)))}"));
        return Html.From($"<path class=\"curve curve-{number}\" d=\"{points}{(part.Count == 1 ? "h0" : "")}\"/>");
    }
}
