using Spectre.Console;

namespace BuildPipeline.Cli;

/// <summary>The targets with what runs before each, as <c>--tree</c> shows them.</summary>
public static class TargetTree
{
    /// <summary>Shows every target that no other one depends on, with its dependencies below it.</summary>
    public static void Show(IAnsiConsole console, IReadOnlyList<Target> targets)
    {
        var needed = targets.SelectMany(target => target.DependsOn).ToHashSet(StringComparer.Ordinal);
        foreach (var root in targets.Where(target => !needed.Contains(target.Name)))
        {
            console.WriteLine(root.Name);
            ShowBelow(console, targets, root, "");
        }
    }

    private static void ShowBelow(IAnsiConsole console, IReadOnlyList<Target> targets, Target parent, string indent)
    {
        for (var i = 0; i < parent.DependsOn.Count; i++)
        {
            var isLast = i == parent.DependsOn.Count - 1;
            console.WriteLine($"{indent}{(isLast ? "└─" : "├─")} {parent.DependsOn[i]}");
            ShowBelow(console, targets, targets.Single(target => target.Name == parent.DependsOn[i]), indent + (isLast ? "   " : "│  "));
        }
    }
}
