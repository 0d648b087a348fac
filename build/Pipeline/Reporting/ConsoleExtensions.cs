using Spectre.Console;

namespace BuildPipeline.Reporting;

/// <summary>Small ways of saying what happens, on a terminal and in a log.</summary>
public static class ConsoleExtensions
{
    /// <summary>True where pictures that move make sense.</summary>
    public static bool IsLive(this IAnsiConsole console) => console.Profile.Capabilities.Interactive && console.Profile.Out.IsTerminal;

    /// <summary>Says that something is being done while it is: a spinner on a terminal, a line in a log.</summary>
    public static async Task<T> WorkAsync<T>(this IAnsiConsole console, string what, Func<Task<T>> work)
    {
        if (console.IsLive())
        {
            return await console.Status().Spinner(Spinner.Known.Dots).StartAsync($"{Markup.Escape(what)} …", _ => work());
        }

        console.WriteLine($"{what} …");
        return await work();
    }

    /// <inheritdoc cref="WorkAsync{T}"/>
    public static Task WorkAsync(this IAnsiConsole console, string what, Func<Task> work) => console.WorkAsync(what, async () =>
    {
        await work();
        return true;
    });

    /// <summary>One line as it is, never wrapped: it is a log's, or somebody copies it.</summary>
    public static void WriteWhole(this IAnsiConsole console, string line) => console.Profile.Out.Writer.WriteLine(line);

    /// <summary>Says that something is done. Of this message and the next two, indented lines are commands or paths, which are never wrapped: somebody copies them.</summary>
    public static void Done(this IAnsiConsole console, string message) => console.WriteMarked("[green]✓[/]", message);

    /// <summary>Says what a person should know although the run continues.</summary>
    public static void Warn(this IAnsiConsole console, string message) => console.WriteMarked("[yellow]![/]", message);

    /// <summary>Says what failed.</summary>
    public static void Failed(this IAnsiConsole console, string message) => console.WriteMarked("[red]✗[/]", message);

    private static void WriteMarked(this IAnsiConsole console, string mark, string message)
    {
        var lines = message.ReplaceLineEndings("\n").Split('\n');
        console.MarkupLine($"{mark} {Markup.Escape(lines[0])}");
        foreach (var line in lines.Skip(1))
        {
            if (line.StartsWith("  ", StringComparison.Ordinal))
            {
                console.WriteWhole(line);
            }
            else
            {
                console.WriteLine(line);
            }
        }
    }
}
