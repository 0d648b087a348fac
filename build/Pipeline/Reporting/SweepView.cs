using BuildPipeline.Approvals;
using BuildPipeline.Sweeps;
using BuildPipeline.Terminal;
using Spectre.Console;

namespace BuildPipeline.Reporting;

/// <summary>Shows a sweep: what it may cost, what happens to its variants, and how they compare.</summary>
public static class SweepView
{
    private static readonly string[] Headers = ["Variant", "Values", "State", "Metric", "Spent", "Ceiling", "Interruptions", "Run"];

    /// <summary>Shows what is put up for approval.</summary>
    public static void ShowSubject(IAnsiConsole console, SweepRecord sweep)
    {
        var subject = sweep.Subject!;
        console.WriteTable(
            [new("Variant", IsFigure: true), new("Values"), new("Ceiling", IsFigure: true), new("Run", Rank: 1)],
            [.. sweep.Variants.Zip(subject.Variants, (variant, part) => (IReadOnlyList<string>)[Format.Figure(variant.Number), SweepVariables.Describe(variant.Values), part.Ceiling.ToString(), part.RunId])]);
        console.Say($"Approval requested for sweep {sweep.SweepId}: up to {subject.Ceiling}, valid until {Format.Moment(subject.ExpiresAt)}. Digest: {ApprovalDigest.Compute(subject)}");
    }

    /// <summary>Shows what happened to a variant.</summary>
    /// <param name="console">The terminal.</param>
    /// <param name="news">What happened.</param>
    /// <param name="log">Path of the output of its process.</param>
    public static void Tell(IAnsiConsole console, SweepNews news, string log)
    {
        var variant = $"Variant {news.Variant.Number} ({SweepVariables.Describe(news.Variant.Values)})";
        switch (news.Result)
        {
            case null:
                console.Running($"{variant}: run {news.Variant.RunId} is driven.");
                break;
            case ExitCode.Done:
                console.Done($"{variant}: validated.");
                break;
            case { } code:
                console.Warn($"{variant}: exit code {(int)code}. Output:\n  {log}");
                break;
        }
    }

    /// <summary>Shows the variants side by side, then what they cost together.</summary>
    public static void Show(IAnsiConsole console, SweepDocument sweep)
    {
        console.WriteTable([.. Headers.Select((header, index) => new TextColumn(header, IsFigure: index is 0 or 3 or 4 or 5 or 6, Rank: index is 6 or 7 ? 1 : 0))], [.. sweep.Variants.Select(Row)]);
        console.Say(Sum(sweep));
        if (sweep.Next is { } next)
        {
            console.Running($"Continue sweep {sweep.SweepId} with:\n  {next}");
        }
    }

    /// <summary>The same, for a page.</summary>
    public static string Markdown(SweepDocument sweep) => string.Join('\n',
    [
        $"### Sweep {MarkdownText.Code(sweep.SweepId)}",
        "",
        MarkdownText.Row(Headers),
        MarkdownText.Row(Headers.Select(_ => "---")),
        .. sweep.Variants.Select(variant => MarkdownText.Row(Row(variant).Select(MarkdownText.Code))),
        "",
        MarkdownText.Prose(Sum(sweep)),
    ]);

    private static string Sum(SweepDocument sweep) => $"Sweep {sweep.SweepId}: spent {sweep.SpentUsd} of at most {Format.Money(sweep.CeilingUsd)}{(sweep.ApprovedBy is { } approver ? $", approved by {approver}" : ", not approved")}.";

    private static IReadOnlyList<string> Row(SweepDocumentVariant variant) =>
    [
        Format.Figure(variant.Number), SweepVariables.Describe(variant.Values), variant.Run?.StateText ?? "-", variant.MetricValue is { } value ? Format.Value(value) : "-",
        variant.Run is { Attempts: > 0 } run ? Format.Money(run.SpentUsd) : "-", variant.Run?.CeilingUsd?.ToString() ?? "-", Format.Figure(variant.Run?.Interruptions), variant.RunId,
    ];
}
