using System.Text.RegularExpressions;
using BuildPipeline.Costing;
using BuildPipeline.JobLogs;
using BuildPipeline.Reporting;
using BuildPipeline.Reporting.GitHub;
using BuildPipeline.Runs;
using BuildPipeline.Terminal;
using BuildPipeline.Training;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Markdig;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using Spectre.Console;
using Spectre.Console.Testing;

namespace BuildPipeline.Pipeline.Tests.Reporting;

/// <summary>Text of others in every string of a run: the receipt, the terminal and the files of a workflow show it, and nothing obeys it.</summary>
public sealed partial class ForeignTextTests
{
    private static readonly MarkdownPipeline GitHub = new MarkdownPipelineBuilder()
        .UsePipeTables().UseEmphasisExtras().UseAutoLinks().UseTaskLists().UseFootnotes().UseEmojiAndSmiley(enableSmileys: false)
        .UseAlertBlocks().Build();

    private static readonly string[] Pieces =
    [
        "@octocat", "@org/team", "#1", "GH-12", "owner/repo#3", "0123456789abcdef0123456789abcdef01234567", "deadbee", "<img src=http://e.example/x>",
        "<!--", "-->", "![p](http://e.example)", "[x](http://e.example)", "http://e.example/?a=b", "www.e.example", "a@e.example", ":tada:", "a:100:b",
        "`", "``", "```", "````x", "~~~", "\n", "\r", "\r\n", "\n\n", "\u0085", "\u2028", "\u2029", "\v", "|", "\\|", "\\", "\\\\|", "---", "===", "# h", "> q", "- ", "1. ", "* ", "**", "__", "_x_",
        "~~s~~", "$x$", "$`x`$", "&lt;", "&#64;me", "[^1]", "[ ]", "::warning::forged", "::set-output name=x::y", " ::add-mask::x", "##[error]forged", "##[group]",
        "\u001b[2J", "\u001b]0;x\a", "\u009b31m", "\b\b", "\0", "\t", "\u202e", "\u200b", "\ufeff", "\ud800", "[red]", "[/]", "]", "[[", "EOF", "name=value", "name<<EOF\n", " ", "  ", "", "word", "ünï", "表", "🚀", "'", "\"",
    ];

    private static readonly Arbitrary<string> Foreign =
        Gen.ListOf(Gen.Elements(Pieces)).Select(pieces => string.Concat(pieces.Take(8))).ToArbitrary();

    [Property(MaxTest = 60)]
    public Property Given_AnyTextInEveryField_When_TheReceiptIsWritten_Then_ItReadsLikeOneOfPlainWords() => Prop.ForAll(Foreign, Choices, (text, choice) =>
    {
        string Page(string content) => Written.Markdown(Run(content, choice), Sample.Noon, Losses(content), Run(content, choice) with { Commit = "other" }, content);
        var page = Page(text);

        var (plain, hostile) = (Markdown.Parse(Page("word"), GitHub), Markdown.Parse(page, GitHub));
        Assert.Equal(Shape(plain), Shape(hostile));
        Assert.DoesNotContain(hostile.Descendants(), node => node is HtmlBlock or HtmlInline or LinkInline or AutolinkInline or HtmlEntityInline);
        Assert.All(hostile.Descendants<LiteralInline>(), literal => Assert.DoesNotMatch(GitHubReads(), literal.Content.ToString()));
        Assert.All(hostile.Descendants<EmphasisInline>(), emphasis => Assert.Matches(@"^(Exit code \d+\.|Truncated;.*)$", Text(emphasis)));
        AssertInert(page);
    });

    [Property(MaxTest = 60)]
    public Property Given_AnyTextInEveryField_When_TheReportIsWritten_Then_ItHasTheElementsOfOneOfPlainWordsAndTheTextAsData() => Prop.ForAll(Foreign, Choices, (text, choice) =>
    {
        string Page(string content) => Written.Html(Run(content, choice), Sample.Noon, Losses(content), Run(content, choice) with { Commit = "other" }, content);
        var page = Page(text);

        // A message has a paragraph for each of its lines, and commands among them.
        string[] Elements(string html) => [.. HtmlTags.In(html).Select(tag => tag.Name).Where(name => name.TrimStart('/') is not ("p" or "code"))];
        Assert.Equal(Elements(Page("word")), Elements(page));
        Assert.Equal(text.Replace("\ud800", "\ufffd", StringComparison.Ordinal), (string?)HtmlTags.DataOf(page)["run"]!["environment"]);
        Assert.DoesNotContain(page, character => char.IsControl(character) && character is not ('\n' or '\t'));
    });

    [Property(MaxTest = 60)]
    public Property Given_AnyTextInEveryField_When_ShownOnATerminal_Then_NoControlCharacterAndNoCommandGoesOut() => Prop.ForAll(Foreign, Choices, (text, choice) =>
    {
        var run = Run(text, choice);
        var console = new TestConsole().Width(80);
        InertOutput.On(console);

        RunView.ShowStatus(console, run, [], new([], [], [text]), text, Sample.Noon);
        RunView.ShowEnd(console, run, text, text);
        CostView.Show(console, run.Cost!);
        CostView.ShowSubject(console, run.Subject!);
        EvidenceView.Show(console, run.Evidence!);
        PlanView.Show(console, run.Plan!);
        ForecastView.Show(console, [new Filled(() => text, choice).A<ForecastRow>()], default, default, hasDeadline: true, [text]);
        using (var view = TrainingViews.Create(console))
        {
            view.Show(new Filled(() => text, choice).A<JobProgress>());
        }

        console.Done(text);
        console.Failed(text);
        console.WriteUnwrapped(text);
        AssertInert(console.Output);
    });

    [Property]
    public Property Given_AnyLogEvent_When_Printed_Then_EveryLineBeginsWithItsNode() => Prop.ForAll(Foreign, text =>
    {
        var console = new TestConsole().Width(80);
        using var view = TrainingViews.Create(console);

        view.Show(new JobProgress { JobName = "job", Status = "InProgress", SecondaryStatus = "Training", CapacityState = "spot", NewLogLines = [new LogLine("algo-7", 1, text)] });

        var lines = console.Output.TrimEnd('\n').Split('\n');
        Assert.All(lines[..^1], line => Assert.StartsWith("[algo-7.1] ", line, StringComparison.Ordinal));
        Assert.Contains("InProgress", lines[^1], StringComparison.Ordinal);
        AssertInert(console.Output);
    });

    [Property]
    public Property Given_AnyRun_When_OutputsAreSet_Then_AWorkflowGetsTheseOnly() => Prop.ForAll(Foreign, text =>
    {
        var file = Path.GetTempFileName();
        new GitHubActions(name => name == "GITHUB_OUTPUT" ? file : null).SetOutputs(text, text.PadRight(16, '0'), new Usd(1.51m));
        var lines = File.ReadAllLines(file);
        File.Delete(file);

        Assert.Equal(["run_id", "digest", "digest_prefix", "ceiling"], lines.Select(line => line.Split('=')[0]));
    });

    [Fact]
    public void Given_AFailureTextOfAPythonTrace_When_TheReceiptIsWritten_Then_ItIsReadableAndInert()
    {
        const string text = "The job failed: RuntimeError in a function with @torch.no_grad() <img src=http://example.invalid/x.png> ![p](http://example.invalid/p.png).";

        Assert.Equal(
            "The job failed: RuntimeError in a function with `@torch.no_grad() <img src=http://example.invalid/x.png> ![p](http://example.invalid/p.png).`",
            MarkdownText.Prose(text));
    }

    [Theory]
    [InlineData("a`b", "``a`b``")]
    [InlineData("`", "`` ` ``")]
    [InlineData("", "-")]
    [InlineData("a\nb\u001b[1m\u202e", "`a b␛[1m<U+202E>`")]
    public void Given_AValue_When_WrittenAsCode_Then_TheSpanIsLongEnough(string value, string expected) => Assert.Equal(expected, MarkdownText.Code(value));

    [Theory]
    [InlineData("3 complete, the newest of step 600; every file has its size and SHA-256.")]
    [InlineData("At most $1.51 of the $5.00 that a run may cost (30.2%), or 2 x ml.g5.xlarge at 12:30:05.")]
    [InlineData("Moved to on-demand to meet the deadline (2026-11-26 20:04:24Z).")]
    public void Given_ASentenceOfPlainWords_When_Written_Then_ItStaysAsItIs(string sentence) => Assert.Equal(sentence, MarkdownText.Prose(sentence));

    [Fact]
    public void Given_DollarsOfOthers_When_Written_Then_NoneOfOursIsLeftToMakeAFormulaWithThem() =>
        Assert.Equal("Over `$5.00` in `x$ @octocat` now.", MarkdownText.Prose("Over $5.00 in x$ @octocat now."));

    [Fact]
    public void Given_LinesWithFences_When_WrittenAsABlock_Then_TheyStayInIt()
    {
        var block = Assert.IsType<FencedCodeBlock>(Assert.Single(Markdown.Parse(MarkdownText.Fence(["```", "@octocat", "~~~", "````"]), GitHub)));

        Assert.Equal("```\n@octocat\n~~~\n````", block.Lines.ToString());
    }

    private static Arbitrary<int> Choices => Gen.Choose(0, 40).ToArbitrary();

    private static MetricPoint[] Losses(string text) => [new($"loss {text}", 1, Sample.Noon, 2), new($"loss {text}", 2, Sample.Noon, double.NaN)];

    private static RunRecord Run(string text, int choice) => new Filled(() => text, choice).A<RunRecord>();

    /// <summary>Blocks and cells, without what is in them.</summary>
    private static List<string> Shape(MarkdownDocument page) =>
        [.. page.Descendants().Where(node => node is Block).Select(node => node switch
        {
            HeadingBlock heading => $"h{heading.Level}",
            Markdig.Extensions.Tables.TableRow row => $"row of {row.Count}",
            _ => node.GetType().Name,
        })];

    private static string Text(ContainerInline inline) => string.Concat(inline.Descendants<LiteralInline>().Select(literal => literal.Content.ToString()));

    private static void AssertInert(string output)
    {
        Assert.DoesNotContain(output, character => character != '\n' && character != '\t' && (char.IsControl(character) || character is '\u2028' or '\u2029' or '\u202e' or '\u200b' or '\ufeff'));
        Assert.DoesNotContain("##[", output, StringComparison.Ordinal);
        Assert.DoesNotMatch(RunnerReads(), output);
    }

    // What GitHub links in text that is not code.
    [GeneratedRegex(@"@\w|\B#\d|\bGH-\d|\b[0-9a-f]{7,40}\b|://|www\.|:[a-z0-9+_-]+:(?![0-9])|[\w.]+@\w", RegexOptions.IgnoreCase)]
    private static partial Regex GitHubReads();

    [GeneratedRegex(@"^\s*::[A-Za-z]", RegexOptions.Multiline)]
    private static partial Regex RunnerReads();
}
