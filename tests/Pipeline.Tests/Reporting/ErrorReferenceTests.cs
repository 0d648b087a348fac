using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using BuildPipeline.Architecture;
using BuildPipeline.Hosting;
using BuildPipeline.Replay;

namespace BuildPipeline.Pipeline.Tests.Reporting;

/// <summary>The ids of all errors: unique, used, and listed in docs/reference/errors.md, which is written from them.</summary>
public sealed partial class ErrorReferenceTests
{
    // The first two digits of an id say which folders of build/Pipeline declare it (Replay: build/Replay); 90 is for the two build scripts.
    private static readonly (string Prefix, string Title, string[] Folders)[] Ranges =
    [
        ("BP10", "Command line", ["Cli"]),
        ("BP11", "Terraform", ["Terraform"]),
        ("BP12", "Cost, prices, budgets and markets", ["Costing", "Prices", "Budgets", "Checkpoints", "Spot", "Policies"]),
        ("BP13", "Approvals", ["Approvals"]),
        ("BP14", "Account and sandbox", ["Accounts"]),
        ("BP15", "Training job, program and data", ["Jobs", "JobLogs", "Training", "Uploads"]),
        ("BP16", "Evidence", ["Evidence"]),
        ("BP17", "Runs", ["Journal", "Runs"]),
        ("BP18", "Tests", ["Reporting"]),
        ("BP19", "This machine", ["Hosting"]),
        ("BP20", "Replay", ["Replay"]),
        ("BP21", "Secrets", ["Secrets"]),
        ("BP22", "Doctor", ["Doctor"]),
        ("BP23", "Tracking", ["Tracking"]),
        ("BP24", "Spend freeze", ["Freezes"]),
        ("BP25", "Watch", ["Watching"]),
        ("BP26", "Sweeps", ["Sweeps"]),
    ];

    private static readonly Type[] Types = [.. typeof(EntryPoint).Assembly.GetTypes(), .. typeof(ReplayErrors).Assembly.GetTypes()];

    private static string Page => Path.Combine(Repository.Root, "docs", "reference", "errors.md");

    private static List<(FieldInfo Field, ErrorCode Code)> Declared { get; } =
    [
        .. Types.SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Static)).Where(field => field.FieldType == typeof(ErrorCode))
            .Select(field => (field, (ErrorCode)field.GetValue(null)!)).OrderBy(error => error.Item2.Id, StringComparer.Ordinal),
    ];

    [Fact]
    public void Given_TheErrors_When_TheirIdsAreRead_Then_EachIsUniqueAndInTheRangeOfItsFolder()
    {
        Assert.True(Declared.Count > 100, $"Only {Declared.Count} errors were found.");
        Assert.Empty(Declared.GroupBy(error => error.Code.Id).Where(group => group.Count() > 1).Select(group => group.Key));
        Assert.All(Declared, error =>
        {
            Assert.Matches("^BP[0-9]{4}$", error.Code.Id);
            var range = Assert.Single(Ranges, range => error.Code.Id.StartsWith(range.Prefix, StringComparison.Ordinal));
            Assert.Contains(error.Field.DeclaringType!.Namespace!.Split('.')[1], range.Folders);
            Assert.NotEqual(ExitCode.Done, error.Code.ExitCode);
        });
    }

    [Fact]
    public void Given_TheCompiledCode_When_Read_Then_EachErrorIsUsed()
    {
        var declaring = Declared.Select(error => error.Field.DeclaringType).ToHashSet();
        var used = Types.Where(type => !declaring.Contains(type)).SelectMany(CompiledReferences.MembersUsedBy).ToHashSet();

        Assert.Empty(Declared.Where(error => !used.Contains((error.Field.DeclaringType!.FullName, error.Field.Name))).Select(error => $"{error.Code.Id} {error.Field.Name}"));
    }

    [Fact]
    public void Given_TheScripts_When_TheirErrorsAreRead_Then_EachEndHasAnIdOfTheList()
    {
        // An end of a script without an id is read as ("", exit code) and is in no list.
        var listed = ScriptErrors.All.Select(error => (error.Id, (int)error.ExitCode)).ToHashSet();

        Assert.Equal(listed, IdsIn("build.sh").Union(IdsIn("build.ps1")).ToHashSet());
    }

    [Fact]
    public void Given_TheErrors_When_ThePageIsRead_Then_ItIsAsWrittenFromThem() => GeneratedPage.AssertCurrent(Page, Text());

    private static HashSet<(string, int)> IdsIn(string script) => StopPattern().Matches(File.ReadAllText(Path.Combine(Repository.Root, script)))
        .Select(match => (match.Groups["id"].Value, int.Parse(match.Groups["exit"].Value, CultureInfo.InvariantCulture))).ToHashSet();

    private static string Text()
    {
        var page = new StringBuilder($"""
            {GeneratedPage.Mark}
            # Errors

            An error is printed, recorded (`error_id` and `error` in `run.json`) and posted with its id. Ids do not change, so scripts may rely on them. The message has the values and the next command; this page has the meaning. `BP1201` and `BP1241` list several reasons, each with its own id. [Troubleshoot](../how-to/troubleshoot.md) says how to look further.

            The first two digits are the part of the pipeline. Exit codes: see [Command line](command-line.md#exit-codes). With 75 nothing failed: something is still running, or another process is at work.

            """);
        foreach (var (prefix, title, _) in Ranges)
        {
            Table(page, title, Declared.Select(error => error.Code).Where(code => code.Id.StartsWith(prefix, StringComparison.Ordinal)));
        }

        Table(page, "Build scripts", ScriptErrors.All);
        return page.ToString();
    }

    private static void Table(StringBuilder page, string title, IEnumerable<ErrorCode> codes)
    {
        page.Append($"\n## {title}\n\n| Id | Exit code | Meaning | What to do |\n|---|---|---|---|\n");
        foreach (var code in codes)
        {
            page.Append(CultureInfo.InvariantCulture, $"| `{code.Id}` | {(int)code.ExitCode} | {code.Meaning} | {code.Remedy} |\n");
        }
    }

    [GeneratedRegex(@"(?:stop|Stop-Build) (?<exit>[0-9]) (?:(?<id>BP[0-9]{4}) )?")]
    private static partial Regex StopPattern();
}
