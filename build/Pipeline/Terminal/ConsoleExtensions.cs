using Spectre.Console;

namespace BuildPipeline.Terminal;

/// <summary>Small ways of saying what happens, on a terminal and in a log.</summary>
public static class ConsoleExtensions
{
    // A log that says nothing for longer looks as if nothing happened.
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(10);

    /// <summary>True if pictures that move make sense.</summary>
    public static bool IsLive(this IAnsiConsole console) => console.Profile.Capabilities.Interactive && console.Profile.Out.IsTerminal;

    /// <summary>Says that something is being done while it is: a spinner on a terminal, a line in a log.</summary>
    public static async Task<T> RunWithStatusAsync<T>(this IAnsiConsole console, string what, Func<Task<T>> work)
    {
        if (console.IsLive())
        {
            return await console.Status().Spinner(Spinner.Known.Dots).StartAsync($"{Markup.Escape(what)} …", _ => work());
        }

        console.Say($"{what} …");
        var running = work();
        for (var waited = Beat; await Task.WhenAny(running, Task.Delay(Beat, TimeProvider.System)) != running; waited += Beat)
        {
            console.Say($"{what} … ({waited.TotalSeconds:0} s)");
        }

        return await running;
    }

    /// <inheritdoc cref="RunWithStatusAsync{T}"/>
    public static Task RunWithStatusAsync(this IAnsiConsole console, string what, Func<Task> work) => console.RunWithStatusAsync(what, async () =>
    {
        await work();
        return true;
    });

    /// <summary>Lines as they are, never wrapped and never coloured: they are a log's, or somebody copies them.</summary>
    public static void WriteUnwrapped(this IAnsiConsole console, string lines) => console.Profile.Out.Writer.WriteLine(InertText.Escape(lines));

    /// <summary>The lines of a node's log event, each behind the prefix.</summary>
    public static void WriteLog(this IAnsiConsole console, string prefix, string text)
    {
        foreach (var line in InertText.Log(prefix, text))
        {
            console.WriteUnwrapped(line);
        }
    }

    /// <summary>A sentence.</summary>
    public static void Say(this IAnsiConsole console, string sentence) => console.Write(new Unwrapped(console.Fit(sentence, 0)));

    /// <summary>A secondary sentence: a source, an assumption.</summary>
    public static void Remark(this IAnsiConsole console, string sentence) => console.Write(new Unwrapped($"[dim]{console.Fit(sentence, 0)}[/]"));

    /// <summary>A named value on its own line.</summary>
    public static void Field(this IAnsiConsole console, string name, string value) => console.Write(new Unwrapped($"[dim]{name,-11}[/] {console.Fit(value.ReplaceLineEndings("\n            "), 12)}"));

    /// <summary>Says that something is done. Here and below, a message may have further lines, such as a command to copy.</summary>
    public static void Done(this IAnsiConsole console, string sentence) => console.Marked("[green]✓[/]", sentence);

    /// <summary>Says what a person should know although the run continues.</summary>
    public static void Warn(this IAnsiConsole console, string sentence) => console.Marked("[yellow]![/]", sentence);

    /// <summary>Says that something is still running, and how to resume it.</summary>
    public static void Running(this IAnsiConsole console, string sentence) => console.Marked("[blue]→[/]", sentence);

    /// <summary>Says what failed.</summary>
    public static void Failed(this IAnsiConsole console, string sentence) => console.Marked("[red]✗[/]", sentence);

    private static void Marked(this IAnsiConsole console, string mark, string sentence) => console.Write(new Unwrapped($"{mark} {console.Fit(sentence, 2)}"));

    // A log has no width.
    private static string Fit(this IAnsiConsole console, string text, int indent) =>
        Markup.Escape(console.Profile.Out.IsTerminal ? Unwrapped.Fit(text, console.Profile.Width, indent) : text);
}
