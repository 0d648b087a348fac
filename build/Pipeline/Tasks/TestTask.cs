using BuildPipeline.Reporting;
using BuildPipeline.Terminal;
using Cake.Common;
using Cake.Common.IO;
using Cake.Common.Tools.DotNet;
using Cake.Common.Tools.DotNet.Test;
using Cake.Core;
using Cake.Core.IO;
using Cake.Frosting;
using Spectre.Console;

namespace BuildPipeline.Tasks;

/// <summary>Runs all tests of the project.</summary>
[TaskName("Test")]
[TaskDescription("Runs all tests of the project.")]
public sealed class TestTask(IAnsiConsole console) : FrostingTask<PipelineContext>
{
    /// <inheritdoc/>
    public override void Run(PipelineContext context)
    {
        var results = new DirectoryPath(context.Options.RepositoryRoot).Combine("TestResults");
        context.CleanDirectory(results);
        var passed = RunDotNet(context, results) & RunPython(context, results);

        var said = TestResults.Read(results.FullPath);
        // Once more at the end: by then the runners' own words are thousands of lines away.
        foreach (var test in said.Failed)
        {
            console.WriteWhole($"Failed: {test.Name}\n  {test.Reason.Trim().ReplaceLineEndings("\n  ")}");
        }

        File.WriteAllText(results.CombineWithFilePath("counts.txt").FullPath, said.Counts + "\n");
        console.Say(said.Counts);
        if (!passed)
        {
            throw new PipelineException(ReportingErrors.TestsFailed, $"Tests failed: {said.Counts}.");
        }
    }

    private static bool RunDotNet(PipelineContext context, DirectoryPath results)
    {
        try
        {
            context.DotNetTest(
                context.Options.RepositoryRoot.TrimEnd('/') + "/BuildPipeline.sln",
                new DotNetTestSettings
                {
                    Configuration = "Release",
                    Filter = context.Options.Filter,
                    Loggers = ["trx", "console;verbosity=normal"],
                    ResultsDirectory = results,
                });
            return true;
        }
        catch (CakeException)
        {
            // The runner has said which tests failed and why.
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
            .Append("-m pytest -q -rs -p no:cacheprovider")
            .AppendQuoted($"--junitxml={results.CombineWithFilePath("training.junit.xml")}")
            .AppendQuoted(new DirectoryPath(context.Options.RepositoryRoot).Combine("tests/Training.Tests").FullPath);
        return context.StartProcess(python, new ProcessSettings { Arguments = arguments }) == 0;
    }
}
