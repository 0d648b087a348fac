using System.Reflection;
using BuildPipeline.Accounts;
using BuildPipeline.Cli;
using BuildPipeline.Tasks;
using BuildPipeline.Terminal;
using Cake.Frosting;
using Microsoft.Extensions.DependencyInjection;
using Spectre.Console;

namespace BuildPipeline.Hosting;

/// <summary>From the command line to the exit code.</summary>
public static class EntryPoint
{
    /// <summary>Reads the options, shows the help or runs the target, and returns the documented exit code.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="output">Gets all output.</param>
    public static int Run(string[] arguments, IAnsiConsole output) => Report(output, console =>
    {
        var options = Read(arguments, [.. Targets.All.Select(target => target.Name)]);
        if (options.Help)
        {
            HelpPage.Show(console, Targets.All, options.Target);
            return (int)ExitCode.Done;
        }

        if (options.Tree)
        {
            TargetTree.Show(console, Targets.All);
            return (int)ExitCode.Done;
        }

        return RunTarget(options, console);
    });

    /// <summary>Reads a command line for this checkout.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="targets">Names of the targets that may be given.</param>
    /// <exception cref="PipelineException">The command line is not valid.</exception>
    public static PipelineOptions Read(IReadOnlyList<string> arguments, IReadOnlyCollection<string> targets) =>
        CommandLine.Read(arguments, targets, FindRoot());

    /// <summary>Runs a program's work and shows its failure.</summary>
    /// <param name="output">Gets all output.</param>
    /// <param name="work">Gets a console on which foreign text is inert, and returns the exit code.</param>
    /// <returns>The exit code, of the work or of its failure.</returns>
    public static int Report(IAnsiConsole output, Func<IAnsiConsole, int> work)
    {
        var console = InertOutput.On(output);
        try
        {
            return work(console);
        }
        catch (PipelineException exception)
        {
            console.Failed(exception.MessageWithId);
            return (int)exception.ExitCode;
        }
        catch (Exception exception) when (LocalFailure.Describe(exception) is { } failure)
        {
            console.Failed(failure.MessageWithId);
            return (int)failure.ExitCode;
        }
    }

    // A separate method, so the help and the tree start without the assemblies that it needs.
    private static int RunTarget(PipelineOptions options, IAnsiConsole output)
    {
        var console = options.Json ? InertOutput.On(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) })) : output;
        var hints = ServiceCollectionExtensions.HintsFor(options, Environment.GetEnvironmentVariable);
        using var signals = new ShutdownSignals();
        using var sandbox = new SandboxProcess(options.SandboxState, TimeProvider.System);
        var endings = new Endings(options, signals, hints, new ExitCodeHolder(), console);
        IAccount account;
        try
        {
            account = AccountOpening.OpenAsync(options, sandbox, hints, signals.Token).GetAwaiter().GetResult();
        }
        catch (Exception exception)
        {
            var failure = endings.Describe(exception, run: null, connection: null)!;
            endings.Say(failure, run: null);
            return (int)failure.ExitCode;
        }

        var code = Host()
            .UseContext<PipelineContext>()
            .UseLifetime<PipelineLifetime>()
            .ConfigureServices(services => services
                .AddSingleton(options).AddSingleton(console).AddSingleton(new DocumentOutput(output)).AddSingleton(signals).AddSingleton(hints).AddSingleton(endings).AddSingleton(endings.Exit)
                .AddSingleton(sandbox).AddSingleton(account)
                .AddPipeline(options))
            .Run(options.CakeArguments);
        return (int?)endings.Exit.Code ?? code;
    }

    // The host has the tasks of the entry assembly by itself; a test's entry assembly is the test runner.
    private static CakeHost Host() =>
        Assembly.GetEntryAssembly() == typeof(EntryPoint).Assembly ? CakeHost.Create() : CakeHost.Create().AddAssembly(typeof(EntryPoint).Assembly);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "BuildPipeline.sln")))
            {
                return folder.FullName;
            }
        }

        throw new PipelineException(HostingErrors.NoCheckout, $"{AppContext.BaseDirectory} is not inside a checkout of this project. Run ./build.sh from a checkout.");
    }
}
