using BuildPipeline.JobLogs;
using BuildPipeline.Reporting.Html;
using BuildPipeline.Reporting.Markdown;
using BuildPipeline.Reporting.Receipts;
using BuildPipeline.Runs;

namespace BuildPipeline.Pipeline.Tests.Reporting;

/// <summary>The receipt of a run in its two forms.</summary>
internal static class Written
{
    public static string Markdown(RunRecord run, DateTimeOffset now, IReadOnlyList<MetricPoint>? metrics = null, RunRecord? previous = null, string? next = null) =>
        MarkdownReceipt.Write(Receipt.Create(run, RunReport.Create(run, metrics ?? [], previous, next, next, now)));

    public static string Html(RunRecord run, DateTimeOffset now, IReadOnlyList<MetricPoint>? metrics = null, RunRecord? previous = null, string? next = null)
    {
        var report = RunReport.Create(run, metrics ?? [], previous, next, next, now);
        return HtmlReceipt.Write(Receipt.Create(run, report), report);
    }
}
