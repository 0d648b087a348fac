using System.Globalization;

namespace BuildPipeline.Reporting.Receipts;

/// <summary>The section on what differs from the previous run of the same job.</summary>
internal static class ChangeSection
{
    private const int LongestValue = 80;

    /// <summary>The section.</summary>
    /// <param name="comparison">The previous run and this one.</param>
    public static Section Create(RunComparison comparison)
    {
        var (previous, run) = (comparison.Runs[0], comparison.Runs[1]);
        IReadOnlyList<Text> Row(string name, Func<ComparedRun, string> value) => [Text.Own(name), Text.Foreign(value(previous)), Text.Foreign(value(run))];
        Column[] columns = [new(""), new("previous"), new("this run")];
        return new(
            Text.From($"Changes since run {Text.Value(previous.RunId)}"),
            [
                new Paragraph(Text.From($"That run of the same job started {Format.Moment(previous.StartedAt)}: {previous.StateText}.")),
                new Table(columns,
                [
                    Row("nodes", compared => compared.Nodes ?? "none"),
                    Row("billed", compared => Format.Money(compared.SpentUsd)),
                    Row("ceiling", compared => Format.Money(compared.CeilingUsd)),
                    Row("total time", compared => Words(compared.TotalSeconds)),
                    Row("training", compared => Words(compared.TrainingSeconds)),
                    Row("interruptions", compared => compared.Interruptions.ToString(CultureInfo.InvariantCulture)),
                    Row("last step", compared => compared.LastStep?.ToString(CultureInfo.InvariantCulture) ?? "none"),
                    .. comparison.Metrics.Select(metric => (IReadOnlyList<Text>)[Text.Foreign(metric.Name), Metric(metric.First), Metric(metric.Second)]),
                ]),
                comparison.Changes.Count == 0
                    ? new Paragraph(Text.Own("No setting differs."))
                    : new Table(columns, [.. comparison.Changes.Select(change => (IReadOnlyList<Text>)[Text.Value(change.Name), Setting(change.First), Setting(change.Second)])]),
            ]);
    }

    private static string Words(double seconds) => TimeSpan.FromSeconds(seconds).InWords();

    private static Text Metric(double? value) => Text.Own(value is { } known ? Format.Value(known) : "-");

    private static Text Setting(string? value) =>
        value is null ? Text.Own("-") : ChangedSetting.Shown(value) is { Length: > LongestValue } shown ? Text.Value($"{shown[..LongestValue]}…") : Text.Value(ChangedSetting.Shown(value));
}
