using System.Text.RegularExpressions;
using BuildPipeline.Cli;
using BuildPipeline.Hosting;

namespace BuildPipeline.Pipeline.Tests.Hosting;

/// <summary>Commands that the pipeline suggests, read from its sources.</summary>
public sealed partial class SuggestedCommandsTests
{
    // The help's examples and the reading of options; everything else writes commands through CommandHints.
    private static readonly string[] OwnWords = ["CommandHints.cs", "HelpPage.cs", "OptionCatalog.cs", "CommandLine.cs", "SweepOptions.cs"];

    private static IEnumerable<(string File, string Text)> Sources =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "build", "Pipeline"), "*.cs", SearchOption.AllDirectories)
            .Select(file => (Path.GetFileName(file), string.Join('\n', File.ReadLines(file).Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal)))));

    [Fact]
    public void Given_TheSources_When_Read_Then_NoCommandIsWrittenByHand() => Assert.All(
        Sources.Where(source => !OwnWords.Contains(source.File)),
        source => Assert.DoesNotContain("--target=", source.Text, StringComparison.Ordinal));

    [Fact]
    public void Given_EachSuggestedCommand_When_TheShellPassesItOn_Then_ItIsReadInTheContextOfTheCall()
    {
        string[] call = ["--target=Launch", "--environment=dev", "--artifacts=/tmp/o'neil's $(x)", "--sandbox-state=a b", "--var=a=1;2"];
        string[] targets = [.. Targets.All.Select(target => target.Name)];
        var given = CommandLine.Read(call, targets, Repository.Root);
        var hints = ServiceCollectionExtensions.HintsFor(given, _ => null);
        var suggested = Sources.SelectMany(source => HintPattern().Matches(source.Text)).Select(match => match.Groups[1].Value).Distinct().ToList();
        Assert.Contains("Stop", suggested);
        Assert.Contains("Launch", suggested);

        Assert.All(suggested, target =>
        {
            var options = target is "Cleanup" ? "--purge-artifacts=b" : target is "Unfreeze" ? "--why=TEXT" : "--run=20260131-120000-1a2b";
            var read = CommandLine.Read(WordsOf(hints.For(target, options)), targets, Repository.Root);

            Assert.Equal((target, "dev", given.ArtifactsFolder, given.SandboxState), (read.Target, read.Environment, read.ArtifactsFolder, read.SandboxState));
            Assert.Equal(OptionCatalog.Find("var")!.Targets.Contains(target) ? ["a=1;2"] : [], read.Variables);
        });
    }

    // As sh reads them, without the script.
    private static string[] WordsOf(string command)
    {
        using var shell = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("sh", ["-c", $"for word in {command}; do printf '%s\\n' \"$word\"; done"]) { RedirectStandardOutput = true })!;
        return shell.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..];
    }

    [GeneratedRegex(@"hints\.For\(""([A-Za-z]+)""")]
    private static partial Regex HintPattern();
}
