using BuildPipeline.Terminal;
using Spectre.Console;

namespace BuildPipeline.Cli;

/// <summary>The help: targets with their options, and examples.</summary>
public static class HelpPage
{
    private static readonly (string Command, string Meaning)[] Examples =
    [
        ("./build.sh --target=Launch", "run everything in the sandbox: no account, no cost"),
        ("./build.sh --target=Launch --interruptions=3", "the same, interrupted three times"),
        ("./build.sh --target=Doctor --environment=aws", "check what a first run on a real account needs"),
        ("./build.sh --target=CostGate --environment=aws", "plan and price on a real account, and show the digest to approve"),
        ("./build.sh --target=Launch --environment=aws --run=latest --approve=DIGEST", "launch exactly what was approved"),
        ("./build.sh --target=Status", "show the state of the newest run"),
        ("./build.sh --target=Logs", "show the log of its training job"),
        ("./build.sh --target=History", "list all runs, with totals by team and month"),
        ("./build.sh --target=Cleanup", "destroy the infrastructure, keep the artifacts"),
    ];

    /// <summary>Shows all, or what belongs to one target.</summary>
    public static void Show(IAnsiConsole console, IReadOnlyList<Target> targets, string? target)
    {
        console.Say("Launches distributed fine-tuning jobs on SageMaker managed spot, behind a cost gate and an approval.");
        console.WriteLine();
        console.WriteLine("Usage: ./build.sh --target=NAME [options]");
        console.WriteLine("Relative paths start at the repository root.");
        ShowTargets(console, targets, target);
        ShowOptions(console, target);
        if (target is null)
        {
            ShowExamples(console);
        }
    }

    private static void ShowTargets(IAnsiConsole console, IReadOnlyList<Target> targets, string? only)
    {
        var grid = Section(console, only is null ? "Targets" : "Target");
        foreach (var target in targets.Where(target => only is null || target.Name == only))
        {
            var after = target.DependsOn.Count == 0 ? "" : $" [dim](after {string.Join(", ", target.DependsOn)})[/]";
            var own = OptionCatalog.All.Where(option => option.Targets.Contains(target.Name)).Select(option => $"--{option.Name}").ToList();
            grid.AddRow($"  [bold]{target.Name}[/]", Markup.Escape(target.Description) + after + (own.Count == 0 ? "" : $"\n[dim]{string.Join(' ', own)}[/]"));
        }

        console.Write(grid);
    }

    private static void ShowOptions(IAnsiConsole console, string? only)
    {
        var grid = Section(console, "Options");
        foreach (var option in OptionCatalog.All.Where(option => only is null || option.Targets.Count == 0 || option.Targets.Contains(only)))
        {
            grid.AddRow($"  [bold]{Markup.Escape(option.Usage)}[/]", Markup.Escape(option.Description) + (option.Repeatable ? " [dim]May be repeated.[/]" : ""));
        }

        console.Write(grid);
    }

    private static void ShowExamples(IAnsiConsole console)
    {
        var grid = Section(console, "Examples");
        foreach (var (command, meaning) in Examples)
        {
            grid.AddRow($"  {Markup.Escape(command)}\n  [dim]  {Markup.Escape(meaning)}[/]", "");
        }

        console.Write(grid);
        console.WriteLine();
        console.Say("Exit codes: 0 done, 1 failed, 2 bad option or configuration, 3 refused by the gate, 4 approval missing or void, 5 no capacity or quota, 6 the job stopped before completion, 7 validation failed, 75 still running: run it again.");
    }

    private static Grid Section(IAnsiConsole console, string title)
    {
        console.WriteLine();
        console.MarkupLine($"[bold]{title}[/]");
        return new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn();
    }
}
