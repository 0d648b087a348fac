using Spectre.Console;
using Spectre.Console.Rendering;

namespace BuildPipeline.Terminal;

/// <summary>Makes everything that a console draws inert: whatever text a view is given, only the console's own control sequences go out.</summary>
public sealed class InertOutput : IRenderHook
{
    /// <summary>The console, with everything that it draws made inert.</summary>
    public static IAnsiConsole On(IAnsiConsole console)
    {
        console.Pipeline.Attach(new InertOutput());
        return console;
    }

    /// <inheritdoc/>
    public IEnumerable<IRenderable> Process(RenderOptions options, IEnumerable<IRenderable> renderables) => renderables.Select(inner => new Inert(inner));

    private sealed class Inert(IRenderable inner) : IRenderable
    {
        public Measurement Measure(RenderOptions options, int maxWidth) => inner.Measure(options, maxWidth);

        // After the layout, because only then it is known what starts a line.
        public IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
        {
            var startsLine = true;
            foreach (var segment in inner.Render(options, maxWidth))
            {
                if (segment.IsControlCode)
                {
                    yield return segment;
                    continue;
                }

                yield return segment.IsLineBreak ? segment : new Segment(InertText.Escape(segment.Text, startsLine).Replace('\t', ' '), segment.Style);
                startsLine = segment.IsLineBreak || (startsLine && string.IsNullOrWhiteSpace(segment.Text));
            }
        }
    }
}
