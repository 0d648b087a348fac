using System.Text.RegularExpressions;
using Markdig;
using Markdig.Extensions.AutoIdentifiers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace BuildPipeline.Pipeline.Tests.Reporting;

/// <summary>The written documents: their links and their length.</summary>
public sealed partial class DocumentTests
{
    private static readonly MarkdownPipeline Markdown = new MarkdownPipelineBuilder().UsePipeTables().UseAutoIdentifiers(AutoIdentifierOptions.GitHub).Build();

    [Fact]
    public void Given_TheDocuments_When_TheirRelativeLinksAreFollowed_Then_EveryFileAndHeadingExists()
    {
        var links = Documents().SelectMany(file => Parse(file).Descendants<LinkInline>().Select(link => (File: file, Url: link.Url!)))
            .Where(link => !link.Url.Contains("://", StringComparison.Ordinal)).ToList();

        Assert.True(links.Count > 100, $"Only {links.Count} relative links were found.");
        Assert.Empty(links.Where(link => !Resolves(link.File, link.Url)).Select(link => $"{Path.GetRelativePath(Repository.Root, link.File)}: {link.Url}"));
    }

    [Fact]
    public void Given_TheDocuments_When_TheirWordsAreCounted_Then_TheReadmeAndTheWholeStayShort()
    {
        // Tables of what the code declares are not a prose: the reference pages, and the matrices of the architecture.
        var prose = Documents().Where(file => !file.Contains(Path.Combine("docs", "reference"), StringComparison.Ordinal) && !file.EndsWith("architecture.md", StringComparison.Ordinal));

        Assert.InRange(Words(Path.Combine(Repository.Root, "README.md")), 200, 1200);
        Assert.InRange(prose.Sum(Words), 5000, 20000);
    }

    private static IEnumerable<string> Documents() => Directory.GetFiles(Repository.Root, "*.md")
        .Concat(new[] { ".github", "docs", "infra" }.SelectMany(folder => Directory.GetFiles(Path.Combine(Repository.Root, folder), "*.md", SearchOption.AllDirectories)))
        .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}.terraform", StringComparison.Ordinal));

    private static MarkdownDocument Parse(string file) => Markdig.Markdown.Parse(File.ReadAllText(file), Markdown);

    private static bool Resolves(string file, string url)
    {
        var parts = url.Split('#', 2);
        var target = parts[0].Length == 0 ? file : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, parts[0]));
        return (File.Exists(target) || Directory.Exists(target))
            && (parts.Length == 1 || Parse(target).Descendants<HeadingBlock>().Any(heading => heading.GetAttributes().Id == parts[1]));
    }

    private static int Words(string file) => Fence().Replace(File.ReadAllText(file), "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Count(word => word.Any(char.IsLetterOrDigit));

    [GeneratedRegex("^ *```.*?^ *```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
