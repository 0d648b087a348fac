using BuildPipeline.Observability;
using BuildPipeline.Secrets;
using BuildPipeline.Training;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace BuildPipeline.Reporting;

/// <summary>A panel that is drawn anew at each look: stage, spot state, step and loss, checkpoints, spend, log tail of all nodes.</summary>
internal sealed class LiveTrainingView : ITrainingView
{
    private const int LogLines = 10;
    private const int CurveWidth = 40;
    private const string Bars = "▁▂▃▄▅▆▇█";

    private readonly IAnsiConsole _console;
    private readonly SortedDictionary<string, Queue<string>> _log = new(StringComparer.Ordinal);
    private readonly Queue<double> _losses = [];
    private readonly TaskCompletionSource _end = new();
    private readonly Task _display;
    private LiveDisplayContext? _live;

    public LiveTrainingView(IAnsiConsole console)
    {
        _console = console;
        _display = console.Live(new Text("…")).AutoClear(false).Overflow(VerticalOverflow.Crop).StartAsync(context =>
        {
            _live = context;
            return _end.Task;
        });
    }

    public void Show(JobProgress progress)
    {
        foreach (var line in progress.NewLogLines)
        {
            if (!_log.TryGetValue(line.Host, out var lines))
            {
                _log[line.Host] = lines = new Queue<string>();
            }

            Keep(lines, InertText.Log($"[{line.Host}.{line.Attempt}]", SecretScan.CutSecret(line.Text)), LogLines);
        }

        if (progress.Loss is { } loss)
        {
            Keep(_losses, [loss], CurveWidth);
        }

        _live?.UpdateTarget(new Panel(new Rows(Figures(progress), Log())).Header($" {Markup.Escape($"{progress.JobName}, {progress.Nodes}")} ").Expand());
    }

    public void Dispose()
    {
        _end.TrySetResult();
        _display.GetAwaiter().GetResult();
    }

    private Grid Figures(JobProgress progress)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn();
        void Row(string name, string markup) => grid.AddRow($"[dim]{name}[/]", markup);
        Row("stage", $"[bold]{Markup.Escape(progress.SecondaryStatus)}[/]  {Markup.Escape(progress.StatusMessage ?? "")}");
        Row("capacity", $"{Markup.Escape(progress.CapacityState)}, {Counted.Format(progress.Interruptions, "interruption")}{(progress.Retries > 0 ? $", {Counted.Format(progress.Retries, "retry", "retries")}" : "")}");
        Row("step", $"{Format.Figure(progress.Step)}{(progress.TotalSteps is { } total ? $" of {total}" : "")}  [dim]{progress.TokensPerSecond:0} tokens/s[/]");
        Row("loss", $"{Format.Glance(progress.Loss)}  [blue]{Sparkline()}[/]");
        Row("checkpoint", $"{progress.CheckpointCount} saved; {(progress.Verdict is { } verdict ? ProgressText.Describe(verdict, progress.RatePerHour) : "none read yet")}");
        if (progress.Verdict is { Why: { } why } late)
        {
            Row(Format.Words(late.State), $"[yellow]{Markup.Escape(why)}[/]");
        }

        Row("usage", progress.Utilization is { Count: > 0 } nodes ? NodeUtilization.Describe(nodes) : "-");
        Row("spend", $"{progress.Spending} approved  {Share(progress)}");
        Row("time", $"{Durations.InWords(progress.Elapsed)}  [dim]Ctrl-C: detach or stop[/]");
        if (progress.Frozen is { } frozen)
        {
            Row("frozen", $"[yellow]{Markup.Escape(frozen)}[/]");
        }

        foreach (var notice in progress.Notices)
        {
            Row("notice", $"[yellow]{Markup.Escape(notice)}[/]");
        }

        return grid;
    }

    // Each node gets its share of a fixed number of lines: a panel that grows would smear over the terminal.
    private Rows Log()
    {
        var share = Math.Max(1, LogLines / Math.Max(1, _log.Count));
        List<IRenderable> lines = [new Rule().RuleStyle("dim")];
        foreach (var (index, node) in _log.Values.Index())
        {
            lines.AddRange(node.TakeLast(share).Select(line => new Text(Cut(line), index % 2 == 0 ? Color.Aqua : Color.Green)));
        }

        lines.AddRange(Enumerable.Repeat(Text.Empty, Math.Max(0, LogLines + 1 - lines.Count)));
        return new Rows(lines);
    }

    // One line each, whatever the width; the frame takes four columns.
    private string Cut(string line) => line.Length <= _console.Profile.Width - 4 ? line : line[..(_console.Profile.Width - 5)] + "…";

    private string Sparkline()
    {
        if (_losses.Count < 2)
        {
            return "";
        }

        var (least, most) = (_losses.Min(), _losses.Max());
        return string.Concat(_losses.Select(loss => Bars[most > least ? (int)((loss - least) / (most - least) * (Bars.Length - 1)) : 0]));
    }

    private static string Share(JobProgress progress) => (progress.Billed ?? progress.Spend, progress.Ceiling) is ({ } spend, { Amount: > 0 } ceiling)
        ? $"[dim]{Format.Share((double)spend.Amount, (double)ceiling.Amount)}[/]"
        : "";

    private static void Keep<T>(Queue<T> queue, IEnumerable<T> items, int most)
    {
        foreach (var item in items)
        {
            queue.Enqueue(item);
            if (queue.Count > most)
            {
                queue.Dequeue();
            }
        }
    }
}
