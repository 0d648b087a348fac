using BuildPipeline.Cli;
using BuildPipeline.Reporting;
using BuildPipeline.Terminal;
using Cake.Common;
using Cake.Common.IO;
using Cake.Common.Tools.DotNet;
using Cake.Common.Tools.DotNet.Build;
using Cake.Common.Tools.DotNet.Test;
using Cake.Core;
using Cake.Core.IO;
using Cake.Frosting;
using Spectre.Console;
using Path = System.IO.Path;

namespace BuildPipeline.Tasks;

/// <summary>Runs all tests of the project.</summary>
[TaskName("Test")]
[TaskDescription("Runs all tests of the project.")]
public sealed class TestTask(IAnsiConsole console) : FrostingTask<PipelineContext>
{
    private const string Configuration = "Release";
    private const string EndToEnd = "EndToEnd.Tests";
    private const string DefaultTier = "Tier!=all";

    // Tests start many processes that live for seconds. With Go's default, a quarter of terraform's processor time goes into collecting
    // garbage; and .NET measures what it runs to compile it better later, and maps its compiled code twice, a protection that programs need
    // which read what strangers send.
    private static readonly Dictionary<string, string?> ShortLived = new() { ["GOGC"] = "400", ["DOTNET_TieredPGO"] = "0", ["DOTNET_EnableWriteXorExecute"] = "0" };

    /// <inheritdoc/>
    public override void Run(PipelineContext context)
    {
        var results = new DirectoryPath(context.Options.RepositoryRoot).Combine("TestResults");
        context.CleanDirectory(results);
        // Python's tests need no build.
        var python = Task.Run(() => RunPython(context, results));
        var passed = (Compile(context) && RunTests(context, results)) & python.GetAwaiter().GetResult();

        var said = TestResults.Read(results.FullPath);
        // Once more at the end: by then the runners' own words are thousands of lines away.
        foreach (var test in said.Failed)
        {
            console.WriteUnwrapped($"Failed: {test.Name}\n  {test.Reason.Trim().ReplaceLineEndings("\n  ")}");
        }

        File.WriteAllText(results.CombineWithFilePath("counts.txt").FullPath, said.Counts + "\n");
        console.Say(said.Counts);
        if (!passed)
        {
            throw new PipelineException(ReportingErrors.TestsFailed, $"Tests failed: {said.Counts}.");
        }
    }

    // Every end-to-end test mostly waits for other processes, so all others run at the same time, one project after the other: those of the
    // sandbox first, as they wait too, and those of the pipeline last, as they keep all cores busy when the others have ended.
    private static bool RunTests(PipelineContext context, DirectoryPath results)
    {
        var projects = Directory.GetFiles(Path.Combine(context.Options.RepositoryRoot, "tests"), "*.csproj", SearchOption.AllDirectories)
            .ToLookup(project => Path.GetFileNameWithoutExtension(project) == EndToEnd);
        var waiting = Task.WhenAll(projects[true].Select(project => Task.Run(() => RunDotNet(context, results, project))));
        var others = projects[false].OrderDescending(StringComparer.Ordinal).Select(project => RunDotNet(context, results, project)).ToList();
        return others.Concat(waiting.GetAwaiter().GetResult()).All(passed => passed);
    }

    private static bool Compile(PipelineContext context) => Succeeds(() => context.DotNetBuild(
        context.Options.RepositoryRoot.TrimEnd('/') + "/BuildPipeline.sln",
        new DotNetBuildSettings { Configuration = Configuration, NoLogo = true, Verbosity = DotNetVerbosity.Minimal, ArgumentCustomization = arguments => arguments.Append(BesideHost(context)) }));

    // In the folder of this host's own build: what it was built from is not compiled again.
    private static string BesideHost(PipelineContext context)
    {
        var output = Path.GetRelativePath(Path.Combine(context.Options.RepositoryRoot, ".build"), Path.Combine(AppContext.BaseDirectory, "..", ".."));
        return $"-property:ArtifactsBinOutputName={output.Replace(Path.DirectorySeparatorChar, '/')}";
    }

    private static bool RunDotNet(PipelineContext context, DirectoryPath results, string project) => Succeeds(() => context.DotNetTest(
        project,
        new DotNetTestSettings
        {
            Configuration = Configuration,
            NoBuild = true,
            Filter = Filter(context.Options),
            Loggers = [$"trx;LogFileName={Path.GetFileNameWithoutExtension(project)}.trx", "console;verbosity=normal"],
            ResultsDirectory = results,
            EnvironmentVariables = ShortLived,
            ArgumentCustomization = arguments => arguments.Append(BesideHost(context)),
        }));

    /// <summary>The filter for the test runner: without <c>--tier=all</c>, none that has the trait.</summary>
    internal static string? Filter(PipelineOptions options) =>
        options.AllTiers ? options.Filter : options.Filter is null ? DefaultTier : $"({options.Filter})&{DefaultTier}";

    // The tool has said what went wrong.
    private static bool Succeeds(Action tool)
    {
        try
        {
            tool();
            return true;
        }
        catch (CakeException)
        {
            return false;
        }
    }

    // A filter speaks of .NET's tests.
    private bool RunPython(PipelineContext context, DirectoryPath results)
    {
        if (context.Options.Filter is not null)
        {
            return true;
        }

        var python = MachinePython.WithTorch.Find()?.Path;
        var quietly = new ProcessSettings { Arguments = "-m pytest --version", RedirectStandardOutput = true, RedirectStandardError = true };
        if (python is null || context.StartProcess(python, quietly) != 0)
        {
            var reason = python is null ? MachinePython.WhyNoTorch : $"{python} has no pytest";
            console.Say($"The tests of the training program (tests/Training.Tests) were skipped: {reason}.");
            return true;
        }

        var arguments = new ProcessArgumentBuilder()
            .Append($"-m pytest -q -rs -p no:cacheprovider --tier={(context.Options.AllTiers ? "all" : "default")}")
            .AppendQuoted($"--junitxml={results.CombineWithFilePath("training.junit.xml")}")
            .AppendQuoted(new DirectoryPath(context.Options.RepositoryRoot).Combine("tests/Training.Tests").FullPath);
        return context.StartProcess(python, new ProcessSettings { Arguments = arguments }) == 0;
    }
}
