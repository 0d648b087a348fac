using Spectre.Console;

namespace BuildPipeline.Terminal;

/// <summary>Small ways of saying what happens, on a terminal and in a log.</summary>
public static class ConsoleExtensions
{
    // A log that says nothing for longer looks as if nothing happened.
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(200);

    private const int WordsWidth = 60;

    /// <summary>True if pictures that move make sense.</summary>
    public static bool IsLive(this IAnsiConsole console) => console.Profile.Capabilities.Interactive && console.Profile.Out.IsTerminal;

    /// <summary>Says that something is being done while it is: a spinner on a terminal, a line in a log.</summary>
    public static async Task<T> RunWithStatusAsync<T>(this IAnsiConsole console, string what, Func<Task<T>> work)
    {
        if (console.IsLive())
        {
            return await console.Status().Spinner(Spinner.Known.Dots).StartAsync($"{Markup.Escape(what)} …", _ => work());
        }

        return await console.RunWithLinesAsync(what, waited => $"{waited.TotalSeconds:0} s", work);
    }

    /// <summary>Says how far something is while it is being done: a bar on a terminal, a line every ten seconds in a log.</summary>
    /// <param name="console">The console.</param>
    /// <param name="what">What is being done.</param>
    /// <param name="state">How far it is now: a share from 0 to 1, and words, which may be empty.</param>
    /// <param name="work">Does it.</param>
    public static async Task<T> RunWithProgressAsync<T>(this IAnsiConsole console, string what, Func<(double Share, string Text)> state, Func<Task<T>> work)
    {
        if (!console.IsLive())
        {
            return await console.RunWithLinesAsync(what, waited => state().Text is { Length: > 0 } text ? text : $"{waited.TotalSeconds:0} s", work);
        }

        // The words matter more than the bar, and are cut where both do not fit.
        var bar = new ProgressBarColumn { Width = Math.Clamp(console.Profile.Width - WordsWidth, 8, 40) };
        return await console.Progress().AutoClear(true).Columns(new SpinnerColumn(Spinner.Known.Dots), bar, new TaskDescriptionColumn { Alignment = Justify.Left }).StartAsync(async context =>
        {
            var task = context.AddTask(Markup.Escape($"{what} …"), maxValue: 1);
            var running = work();
            while (await Task.WhenAny(running, Task.Delay(Frame, TimeProvider.System)) != running)
            {
                var (share, text) = state();
                task.Value = share;
                task.Description = Markup.Escape($"{what} {text}");
            }

            return await running;
        });
    }

    private static async Task<T> RunWithLinesAsync<T>(this IAnsiConsole console, string what, Func<TimeSpan, string> state, Func<Task<T>> work)
    {
        console.Say($"{what} …");
        var running = work();
        for (var waited = Beat; await Task.WhenAny(running, Task.Delay(Beat, TimeProvider.System)) != running; waited += Beat)
        {
            console.Say($"{what} … ({state(waited)})");
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
