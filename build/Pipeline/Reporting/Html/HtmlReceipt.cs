using System.Security.Cryptography;
using System.Text;
using BuildPipeline.Reporting.Receipts;

namespace BuildPipeline.Reporting.Html;

/// <summary>A receipt as one file that opens from disk: <c>report.html</c>. It loads nothing, runs nothing and is under 1 MB.</summary>
public static class HtmlReceipt
{
    private const int LongestSections = 400_000;

    /// <summary>The page.</summary>
    /// <param name="receipt">What it shows.</param>
    /// <param name="report">What it holds as JSON.</param>
    public static string Write(Receipt receipt, RunReport report) => Html.From(
        $"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '{HashOf(Stylesheet.Text)}'; base-uri 'none'; form-action 'none'">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="referrer" content="no-referrer">
        <title>{receipt.Sentence.ToString()}</title>
        <style>{new Html(Stylesheet.Text)}</style>
        </head>
        <body>
        <header class="tone-{receipt.Tone.ToString().ToLowerInvariant()}">
        <p class="badge">{WordOf(receipt.Tone)}</p>
        <h1>{Html.From(receipt.Sentence)}</h1>
        {receipt.Lead.Select(block => HtmlBlocks.Write(block, "Run"))}
        </header>
        <main>
        {Sections(receipt)}
        </main>
        <footer>
        <p>Written {Format.Moment(report.WrittenAt)}. This file holds its data as JSON, in the element <code>report-data</code>; docs/reference/report.schema.json is its schema.</p>
        </footer>
        <script type="application/json" id="report-data">{ReportData.Write(report)}</script>
        </body>
        </html>

        """).Markup.ReplaceLineEndings("\n");

    private static Html Sections(Receipt receipt)
    {
        var page = new StringBuilder();
        foreach (var (section, number) in receipt.Sections.Select((section, index) => (section, index + 1)))
        {
            var title = section.Title.ToString();
            var blocks = Html.Join(section.Blocks.Select(block => HtmlBlocks.Write(block, title)));
            var shown = page.Length + blocks.Markup.Length <= LongestSections ? blocks : Html.From($"<p>Too long for this page: run.json has it.</p>\n");
            page.Append(Html.From($"<section aria-labelledby=\"section-{number}\">\n<h2 id=\"section-{number}\">{Html.From(section.Title)}</h2>\n{shown}</section>\n").Markup);
        }

        return new(page.ToString());
    }

    private static string WordOf(Tone tone) => tone switch
    {
        Tone.Good => "Validated",
        Tone.Warning => "To be judged",
        Tone.Bad => "Failed",
        Tone.Refused => "Refused",
        Tone.Waiting => "Waiting",
        _ => "Running",
    };

    private static string HashOf(string text) => $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";
}
