using System.Text.RegularExpressions;

namespace BuildPipeline.Pipeline.Tests.Reporting;

/// <summary>One word for one thing: the glossary's retired words stay away, and its terms are the code's.</summary>
public sealed partial class GlossaryTests
{
    private static readonly string[] Places = ["build", "infra", "training", "tests", "docs", ".github"];
    private static readonly string[] TextFiles = [".cs", ".md", ".tf", ".hcl", ".py", ".sh", ".ps1", ".yml", ".tfvars", ".json"];

    // The history of the project, what others wrote, and what reads documents of older versions.
    private static readonly string[] Exempt = ["docs/decisions/", "docs/glossary.md", "build/Bundled/", "build/Sandbox/Terraform/Schema/", "build/Sandbox/Models/service-models.json", "FormerNames", "GlossaryTests.cs"];

    private static string Glossary => File.ReadAllText(Path.Combine(Repository.Root, "docs", "glossary.md"));

    [Fact]
    public void Given_TheProject_When_Searched_Then_ItHasNoRetiredWord()
    {
        var words = RetiredPattern().Matches(Glossary).Select(match => match.Groups[1].Value).ToList();
        // Most lines have no stem of a word, and need no pattern: one pattern of all words takes ten times as long.
        var retired = words.Select(word => (Stem: StemOf(word), Pattern: new Regex(PatternOf(word)))).ToList();

        Assert.NotEmpty(words);
        Assert.Empty(from file in TextsOf()
                     from line in File.ReadLines(file).Select((text, index) => (text, number: index + 1))
                     from word in retired
                     where line.text.Contains(word.Stem, StringComparison.Ordinal)
                     let match = word.Pattern.Match(line.text)
                     where match.Success && !line.text.Contains("JsonPropertyName", StringComparison.Ordinal)
                     select $"{Path.GetRelativePath(Repository.Root, file)}:{line.number}: {match.Value}");
    }

    [Theory]
    [InlineData("rung", "a rung of", true)]
    [InlineData("rung", "new LedgerRung(", true)]
    [InlineData("rung", "rungs[0]", true)]
    [InlineData("rung", "the wrung towel", false)]
    [InlineData("rung", "ARungnir", false)]
    [InlineData("up-run", "TimeSpan UpRun,", true)]
    [InlineData("up-run", "expected_up_run_seconds", true)]
    [InlineData("up-run", "roll-up running", false)]
    public void Given_ARetiredWord_When_SearchedInText_Then_NamesAndSentencesCountAndOtherWordsDoNot(string word, string text, bool expected) =>
        Assert.Equal(expected, text.Contains(StemOf(word), StringComparison.Ordinal) && Regex.IsMatch(text, PatternOf(word)));

    // As a word of a sentence, of a camelCase name or of a snake_case name, in the singular or the plural.
    private static string PatternOf(string word)
    {
        var parts = word.Split('-', ' ');
        var rest = string.Concat(parts.Skip(1).Select(part => $"[-_ ]?(?i:{part[0]}){part[1..]}"));
        return $"(?:(?<![A-Za-z])(?i:{parts[0][0]})|(?<=[a-z0-9]){char.ToUpperInvariant(parts[0][0])}){parts[0][1..]}{rest}s?(?![a-z])";
    }

    // What each match has, whatever the case of its first letters.
    private static string StemOf(string word) => word.Split('-', ' ').Select(part => part[1..]).MaxBy(end => end.Length)!;

    private static IEnumerable<string> TextsOf() => Places
        .SelectMany(place => Directory.EnumerateFiles(Path.Combine(Repository.Root, place), "*", SearchOption.AllDirectories))
        .Concat(Directory.EnumerateFiles(Repository.Root, "*.*").Where(file => !file.EndsWith("CHANGELOG.md", StringComparison.Ordinal)))
        .Where(file => TextFiles.Contains(Path.GetExtension(file)))
        .Where(file => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/') is var path
            && !path.Contains("/.terraform/", StringComparison.Ordinal) && !Exempt.Any(exempt => path.Contains(exempt, StringComparison.Ordinal)));

    [GeneratedRegex(@"(?m)^\| `([a-z -]+)` \|")]
    private static partial Regex RetiredPattern();
}
