using System.Text;
using BuildPipeline.Evidence;
using BuildPipeline.JobLogs;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Reporting.GitHub;
using BuildPipeline.Reporting.Receipts;
using BuildPipeline.Secrets;
using BuildPipeline.Training;
using Markdig;
using Markdig.Syntax;

namespace BuildPipeline.Pipeline.Tests.Reporting;

/// <summary>The two forms of a receipt: their order, their limits, and what the page may do.</summary>
public sealed class ReceiptFormTests
{
    private static readonly string[] Sections = ["Cost", "Goodput", "Timeline", "Loss", "Checkpoints", "Evidence", "Provenance", "Artifacts", "Changes since run 20260131-120000-1a2b"];

    private static string Page => Written.Html(ExampleRun.Moved, Sample.Noon.AddDays(1), ExampleRun.Metrics, ExampleRun.Launched);

    [Fact]
    public void Given_ARunWithEverything_When_Written_Then_BothFormsHaveTheSameSectionsInOrder()
    {
        var report = RunReport.Create(ExampleRun.Moved, ExampleRun.Metrics, ExampleRun.Launched, null, null, Sample.Noon);
        var markdown = Written.Markdown(ExampleRun.Moved, Sample.Noon.AddDays(1), ExampleRun.Metrics, ExampleRun.Launched);

        Assert.Equal(Sections, Receipt.Create(ExampleRun.Moved, report).Sections.Select(section => section.Title.ToString()));
        Assert.Equal(Sections.Length, Markdown.Parse(markdown).Descendants<HeadingBlock>().Count(heading => heading.Level == 3));
        Assert.Equal(Sections.Length, HtmlTags.In(Page).Count(tag => tag.Name == "h2"));
        Assert.StartsWith("## ✅ Training completed", Written.Markdown(ExampleRun.Launched, Sample.Noon), StringComparison.Ordinal);
    }

    [Fact]
    public void Given_Findings_When_Written_Then_FailuresComeFirstAndWhatWasNotCheckedNext()
    {
        var evidence = Written.Markdown(ExampleRun.Moved, Sample.Noon).Split("### Evidence")[1].Split("###")[0];

        Assert.Equal(["❌", "not checked", "✅"], evidence.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1).Select(line => line.Split(" | ")[0][2..]).Distinct());
    }

    [Fact]
    public void Given_ATimeline_When_Written_Then_EachJobHasItsPeriodsInMermaid()
    {
        var chart = Written.Markdown(ExampleRun.Moved, Sample.Noon).Split("```mermaid\n")[1].Split("```")[0].Split('\n');

        Assert.Equal(["  section Attempt 1, spot", "  section Attempt 2, on-demand"], chart.Where(line => line.Contains("section", StringComparison.Ordinal)));
        Assert.Contains("  training :active, 1769862000000, 1769889600000", chart);
    }

    [Fact]
    public void Given_MoreInterruptionsThanADrawingShows_When_Written_Then_TheLongestPeriodsStayAndTheRestIsCounted()
    {
        var transitions = Enumerable.Range(0, 300).Select(index => new StatusTransition(index % 2 == 0 ? "Training" : "Interrupted", Sample.Noon.AddMinutes(index), Sample.Noon.AddMinutes(index + 1), null));
        var run = ExampleRun.Launched with { Attempts = [ExampleRun.Launched.Attempts[0] with { Transitions = [.. transitions] }] };

        var timeline = Timeline.Calculate(run, Sample.Noon)!;

        Assert.Equal((80, 220), (timeline.Lanes[0].Periods.Count, timeline.LeftOut));
        Assert.Equal(TimeSpan.FromMinutes(300), timeline.Length);
    }

    [Fact]
    public void Given_InterruptedWork_When_PricedOnDemand_Then_ItCountsWithoutLostWorkAndRestarts()
    {
        var money = MoneyFigures.Calculate(ExampleRun.Launched);

        Assert.Equal(new Usd(2.816m * 100 / 3600), money.OnDemand);
        Assert.Equal(new Usd(0.0235m), money.Billed);
        Assert.True(MoneyFigures.Calculate(ExampleRun.Launched with { Goodput = ExampleRun.Moved.Goodput }).OnDemand < money.OnDemand);
        Assert.Null(MoneyFigures.Calculate(ExampleRun.Launched with { Cost = null }).OnDemand);
    }

    [Fact]
    public void Given_ThePage_When_Read_Then_NothingOfItLoadsOrRuns()
    {
        var tags = HtmlTags.In(Page);

        Assert.Contains("content=\"default-src 'none'; style-src 'sha256-", Page, StringComparison.Ordinal);
        Assert.Equal(["script"], tags.Select(tag => tag.Name).Intersect(["script", "link", "img", "iframe", "object", "embed", "form", "a", "use", "image", "foreignobject"]));
        Assert.DoesNotContain(tags.SelectMany(tag => tag.Attributes), name => name is "src" or "href" or "style" or "srcdoc" || name.StartsWith("on", StringComparison.Ordinal));
        Assert.DoesNotContain("url(", Page, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", Page, StringComparison.Ordinal);
        using var folder = new TempFolder();
        folder.Write("report.html", Page);
        Assert.Empty(ArtifactScan.Find(folder.Root));
    }

    [Fact]
    public void Given_ThePage_When_ItsDataIsRead_Then_ItIsTheReport()
    {
        var data = HtmlTags.DataOf(Page);

        Assert.Equal(RunReport.CurrentSchema, (int)data["schema_version"]!);
        Assert.Equal(18.03m, (decimal)data["money"]!["billed"]!);
        Assert.Equal(ExampleRun.Moved.RunId, (string)data["run"]!["run_id"]!);
        Assert.Equal(2, data["loss"]!["restarts"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("<script>alert(1)</script> @octocat https://e.example/x.png ")]
    [InlineData("| a | ``` \n\n# h & é ")]
    public void Given_ALogOf5MBAnd500Checkpoints_When_Written_Then_EachFormKeepsItsLimit(string hostile)
    {
        var line = string.Concat(Enumerable.Repeat(hostile, 40));
        var log = Enumerable.Repeat(line, (5 << 20) / line.Length).ToList();
        var run = ExampleRun.Moved with
        {
            ExitCode = ExitCode.Failed,
            Error = string.Join('\n', log.Take(100)),
            Attempts = [.. Enumerable.Range(1, 200).Select(number => ExampleRun.Moved.Attempts[0] with { Number = number, JobName = hostile + number, OutcomeSentence = line, FailureLog = number == 200 ? new("algo-1", log) : null })],
            Evidence = ExampleRun.Moved.Evidence! with
            {
                Findings = [.. Enumerable.Range(0, 2000).Select(number => new Finding($"{hostile}{number}", number % 3 == 0, line))],
                Checkpoints = [.. Enumerable.Range(0, 500).Select(number => new CheckpointSummary(number, line, 1, number, Sample.Noon, 1))],
            },
        };
        var metrics = Enumerable.Range(0, 20_000).Select(index => new MetricPoint($"loss {hostile}{index % 3}", index, Sample.Noon.AddSeconds(index), index)).ToList();

        var markdown = Written.Markdown(run, Sample.Noon, metrics, ExampleRun.Launched);
        var page = Written.Html(run, Sample.Noon, metrics, ExampleRun.Launched);

        Assert.InRange(markdown.Length, 1000, 65_000);
        Assert.InRange(Encoding.UTF8.GetByteCount(page), 1000, 1_000_000);
        Assert.Equal(0, markdown.Split('\n').Count(text => text.StartsWith("```", StringComparison.Ordinal)) % 2);
        Assert.DoesNotContain(Markdown.Parse(markdown).Descendants(), node => node is HtmlBlock or Markdig.Syntax.Inlines.HtmlInline or Markdig.Syntax.Inlines.LinkInline);
        Assert.NotEmpty(HtmlTags.In(page));
        Assert.Equal(RunReport.CurrentSchema, (int)HtmlTags.DataOf(page)["schema_version"]!);
    }

    [Fact]
    public void Given_AStepThatWritesManyReceipts_When_ItsPageIsFull_Then_WhatIsThereStays()
    {
        var file = Path.GetTempFileName();
        var actions = new GitHubActions(name => name == "GITHUB_STEP_SUMMARY" ? file : null);

        foreach (var _ in Enumerable.Range(0, 20))
        {
            actions.AddToPage(new string('é', 60_000));
        }

        var length = new FileInfo(file).Length;
        File.Delete(file);
        Assert.InRange(length, 900_000, (1 << 20) - 1);
    }
}
