using BuildPipeline.Terminal;
using BuildPipeline.Watching;
using Spectre.Console;

namespace BuildPipeline.Reporting;

/// <summary>Shows a watch: a line for each thing that happened.</summary>
/// <param name="console">The terminal.</param>
/// <param name="time">The clock of this machine.</param>
/// <param name="logOf">Where the output of the driver of a run is.</param>
public sealed class WatchView(IAnsiConsole console, TimeProvider time, Func<string, string> logOf)
{
    private string? _lastFailure;

    /// <summary>How many runs were closed.</summary>
    public int Closed { get; private set; }

    /// <summary>Shows what happened.</summary>
    public void Tell(WatchNews news)
    {
        var at = time.GetUtcNow().ToString("HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);
        switch (news.Event)
        {
            case WatchEvent.Closed:
                Closed++;
                console.Done($"{at} {news.RunId}: closed ({news.Detail}).");
                break;
            case WatchEvent.Failed:
                console.Warn($"{at} {news.RunId}: could not be continued ({news.Detail}); it is tried again. Output:\n  {logOf(news.RunId!)}");
                break;
            case WatchEvent.Unreadable:
                console.Warn($"{at} {news.RunId} cannot be read and is not watched: {news.Detail}");
                break;
            case WatchEvent.NotReached when news.Detail != _lastFailure:
                _lastFailure = news.Detail;
                console.Warn($"{at} {news.Detail} The watch continues.");
                break;
            case WatchEvent.NotReached:
                break;
            default:
                console.Running($"{at} {news.RunId}: {InWords(news)}");
                break;
        }
    }

    private static string InWords(WatchNews news) => news.Event switch
    {
        WatchEvent.Found => news.Detail is null ? "open" : $"open, {news.Detail}",
        WatchEvent.Driven => $"continued ({news.Detail})",
        _ => news.Detail ?? "unknown",
    };
}
