using BuildPipeline.Reporting;
using Spectre.Console;

namespace BuildPipeline.Hosting;

/// <summary>From the command line to the exit code.</summary>
public static class EntryPoint
{
    /// <summary>Reads the options, shows the help or runs the host, and gives the documented exit code.</summary>
    public static int Run(string[] arguments, Func<PipelineOptions, ExitState, int> host)
    {
        var console = InertOutput.On(AnsiConsole.Console);
        try
        {
            var options = CommandLine.Read(arguments, [.. Targets.All.Select(target => target.Name)], FindRoot(), Environment.CurrentDirectory);
            if (options.Help)
            {
                HelpPage.Show(console, options.Target);
                return (int)ExitCode.Done;
            }

            var exit = new ExitState();
            var code = host(options, exit);
            return (int?)exit.Code ?? code;
        }
        catch (PipelineException exception)
        {
            console.Failed(exception.Message);
            return (int)exception.ExitCode;
        }
        catch (Exception exception) when (LocalFailure.Describe(exception) is { } failure)
        {
            console.MarkupLine($"[red]✗[/] {Markup.Escape(failure.Message)}");
            return (int)failure.ExitCode;
        }
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "BuildPipeline.sln")))
            {
                return folder.FullName;
            }
        }

        throw new PipelineException(ExitCode.BadConfiguration, $"{AppContext.BaseDirectory} is not inside a checkout of this project. Run ./build.sh from a checkout.");
    }
}
