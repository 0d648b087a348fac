using Spectre.Console;
using Spectre.Console.Rendering;

namespace BuildPipeline.Reporting;

/// <summary>A line that is never wrapped: a terminal wraps it on the screen only, so that a command or a path in it can be copied.</summary>
/// <param name="markup">The line, with markup.</param>
internal sealed class Unwrapped(string markup) : IRenderable
{
    private const int AnyWidth = int.MaxValue / 2;

    private readonly Markup _markup = new(markup + "\n");

    /// <inheritdoc/>
    public Measurement Measure(RenderOptions options, int maxWidth) => ((IRenderable)_markup).Measure(options, AnyWidth);

    /// <inheritdoc/>
    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) => ((IRenderable)_markup).Render(options, AnyWidth);
}
