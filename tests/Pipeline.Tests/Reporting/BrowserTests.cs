using System.Diagnostics;
using BuildPipeline.Pipeline.Tests.Training;
using Markdig;

namespace BuildPipeline.Pipeline.Tests.Reporting;

/// <summary>Receipts in a browser, where this machine has one: what it draws is what was written, and it has nothing to complain of.</summary>
[Trait("Tier", "all")]
public sealed class BrowserTests : IDisposable
{
    private const string Hostile = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\"> </style> --> ]]> {{x}} </script>";

    private static readonly string? Browser = new[] { "chromium", "chromium-browser", "google-chrome" }
        .SelectMany(name => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SkippableTheory]
    [InlineData("word")]
    [InlineData(Hostile)]
    public async Task Given_AReport_When_ABrowserOpensItFromDisk_Then_NothingRunsAndNothingIsRefused(string text)
    {
        var run = ExampleRun.Moved with { Environment = text, Error = text, Attempts = [.. ExampleRun.Moved.Attempts.Select(attempt => attempt with { JobName = text, OutcomeSentence = text, FailureLog = new("algo-1", [text]) })] };

        var (page, log) = await OpenAsync(Written.Html(run, Sample.Noon, ExampleRun.Metrics, ExampleRun.Launched));

        Assert.DoesNotContain("CONSOLE", log, StringComparison.Ordinal);
        Assert.Contains("<h2 id=\"section-1\">Cost</h2>", page, StringComparison.Ordinal);
        Assert.Equal(1, Count(page, "<script"));
        Assert.Equal(0, Count(page, "<img"));
        Assert.DoesNotContain("<title>owned", page, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Given_HostileText_When_ABrowserDrawsTheMarkdown_Then_NothingOfItIsMarkup()
    {
        var run = ExampleRun.Moved with { Environment = Hostile, Error = Hostile, Attempts = [ExampleRun.Moved.Attempts[0] with { JobName = Hostile, OutcomeSentence = Hostile, FailureLog = new("algo-1", [Hostile]) }] };
        var pipeline = new MarkdownPipelineBuilder().UsePipeTables().UseAutoLinks().Build();

        var (page, log) = await OpenAsync($"<!doctype html><title>receipt</title>{Markdown.ToHtml(Written.Markdown(run, Sample.Noon, ExampleRun.Metrics), pipeline)}");

        Assert.DoesNotContain("CONSOLE", log, StringComparison.Ordinal);
        Assert.Equal(0, Count(page, "<script") + Count(page, "<img") + Count(page, "<a "));
        Assert.Contains("<title>receipt", page, StringComparison.Ordinal);
    }

    private static int Count(string page, string tag) => page.Split(tag).Length - 1;

    private async Task<(string Page, string Log)> OpenAsync(string html)
    {
        Skip.If(Browser is null, "No Chromium on this machine.");
        _folder.Write("page.html", html);
        var start = new ProcessStartInfo(Browser!) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[]
        {
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr",
            $"--user-data-dir={Path.Combine(_folder.Root, "profile")}", "--dump-dom", new Uri(Path.Combine(_folder.Root, "page.html")).AbsoluteUri,
        })
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var (page, log) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        return (await page, await log);
    }
}
