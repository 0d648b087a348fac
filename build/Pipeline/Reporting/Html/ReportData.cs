using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using BuildPipeline.Reporting.Receipts;

namespace BuildPipeline.Reporting.Html;

/// <summary>The data of a report inside of its page.</summary>
internal static class ReportData
{
    private const int Longest = 450_000;

    // This one escapes what HTML could take for markup, so no text ends the element.
    private static readonly JsonSerializerOptions Options = new(RunJson.Compact) { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    /// <summary>The JSON, on one line; without the record where that is too large.</summary>
    public static Html Write(RunReport report) =>
        JsonSerializer.Serialize(report, Options) is { Length: <= Longest } json ? new(json) : new(JsonSerializer.Serialize(report with { Run = null }, Options));
}
