using System.Text.RegularExpressions;
using BuildPipeline.Cli;
using BuildPipeline.Hosting;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Reporting.GitHub;

namespace BuildPipeline.Pipeline.Tests.Reporting;

/// <summary>The reference pages say what the code declares, and nothing else. A failure shows the table as the code has it; with UPDATE_DOCS=1, the tables of targets and options are written.</summary>
public sealed partial class ReferenceTests
{
    private static string CommandLinePage => Path.Combine(Pages, "command-line.md");

    private static string Pages => Path.Combine(Repository.Root, "docs", "reference");

    [Fact]
    public void Given_TheTargets_When_ThePageOfTheCommandLineIsRead_Then_ItsTableHasEachAsDeclared() => AssertTable(
        "Targets", [.. Targets.All.Select(target => $"| `{target.Name}` | {target.Description} | {string.Join(", ", target.DependsOn)} |")]);

    [Fact]
    public void Given_TheOptions_When_ThePageOfTheCommandLineIsRead_Then_ItsTableHasEachAsDeclared() => AssertTable(
        "Options", [.. OptionCatalog.All.Select(option => $"| `{option.Usage}` | {option.Description} | {string.Join(", ", option.Targets)} |")]);

    [Fact]
    public void Given_WhatIsPostedToGitHub_When_ThePageOfTheCommandLineIsRead_Then_ItsTableHasEachWithItsPermission() => AssertTable(
        "Posts to GitHub",
        [.. GitHubPost.All(new(new("http://localhost"), "none", new("o/n", 1), new("o/n", "sha")), RunPublication.Create(TestRuns.Run with { Attempts = [TestRuns.Intent] }, "", ""))
            .Select(post => $"| {post.Name} | `{post.Permission}` | {(post.NeedsApp ? "tokens of Apps, as a workflow's is" : "any token")} |")]);

    [Fact]
    public void Given_TheExitCodes_When_ThePageOfTheCommandLineIsRead_Then_ItsTableHasEach() => AssertSame(
        Enum.GetValues<ExitCode>().Select(code => $"| {(int)code} "), Rows("Exit codes").Select(row => row[..row.IndexOf('|', 1)]));

    [Fact]
    public void Given_TheVariablesAndOutputs_When_TheirPageIsRead_Then_ItHasEachWithItsDescription()
    {
        var files = new[] { "infra", "infra/access" }.SelectMany(folder => Directory.GetFiles(Path.Combine(Repository.Root, folder), "*.tf"));
        var declared = files.SelectMany(file => Declaration().Matches(File.ReadAllText(file).ReplaceLineEndings("\n")))
            .Select(match => $"| `{match.Groups["name"].Value}` | {Lines().Replace(match.Groups["text"].Value.Replace("\\\"", "\"", StringComparison.Ordinal), " ")} |");
        var rows = File.ReadAllLines(Path.Combine(Pages, "variables.md")).Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(row => $"| `{row.Split('`')[1]}` |{row[row[..^2].LastIndexOf(" | ", StringComparison.Ordinal)..][2..]}");

        AssertSame(declared.Order(), rows.Order());
    }

    private static void AssertTable(string heading, IReadOnlyList<string> rows)
    {
        if (GeneratedPage.IsUpdated)
        {
            File.WriteAllText(CommandLinePage, File.ReadAllText(CommandLinePage).Replace(string.Join('\n', Rows(heading)), string.Join('\n', rows), StringComparison.Ordinal));
        }

        AssertSame(rows, Rows(heading));
    }

    private static void AssertSame(IEnumerable<string> code, IEnumerable<string> page) =>
        Assert.True(code.SequenceEqual(page), $"From the code, the page would have:\n{string.Join('\n', code.Except(page))}\n\ninstead of:\n{string.Join('\n', page.Except(code))}");

    private static IEnumerable<string> Rows(string heading) => File.ReadAllLines(CommandLinePage)
        .SkipWhile(line => line != $"## {heading}").SkipWhile(line => !line.StartsWith('|')).TakeWhile(line => line.StartsWith('|')).Skip(2);

    [GeneratedRegex("""^(?:variable|output) "(?<name>\w+)" \{\n\s*description\s*=\s*(?:"(?<text>(?:[^"\\]|\\.)*)"|<<-EOT\n\s*(?<text>[^<]*?)\n\s*EOT)$""", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"\n\s*")]
    private static partial Regex Lines();
}
