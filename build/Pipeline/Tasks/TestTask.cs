using BuildPipeline.Hosting;
using BuildPipeline.Reporting;
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
        }
        catch (CakeException exception)
        {
            throw new PipelineException(ExitCode.Failed, $"Tests failed: {TestCounts.Read(results.FullPath)}.", exception);
        }
        finally
        {
            var counts = TestCounts.Read(results.FullPath);
            File.WriteAllText(results.CombineWithFilePath("counts.txt").FullPath, counts + "\n");
            console.WriteLine(counts);
        }
    }
}
