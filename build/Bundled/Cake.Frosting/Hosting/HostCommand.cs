using Cake.Cli;
using Cake.Cli.Infrastructure;
using Cake.Core;
using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Cake.Core.Scripting;
using Microsoft.Extensions.DependencyInjection;
using Spectre.Console.Cli;

namespace Cake.Frosting.Hosting;

/// <summary>One run of the host, from the options to the exit code.</summary>
internal sealed class HostCommand(IServiceCollection services) : Command<HostSettings>
{
    public override int Execute(CommandContext context, HostSettings settings, CancellationToken cancellationToken)
    {
        services.AddSingleton(context.Remaining);
        services.AddSingleton<ICakeArguments>(context.Remaining.ToCakeArguments(settings.Targets));

        // Not disposed, as in the published host: services may be in use until the process ends.
        var provider = services.BuildServiceProvider();
        var log = provider.GetRequiredService<ICakeLog>();
        log.Verbosity = settings.Verbosity;
        try
        {
            Run(provider, settings);
            return 0;
        }
        catch (Exception exception)
        {
            return log.LogException(exception);
        }
    }

    private static void Run(ServiceProvider provider, HostSettings settings)
    {
        var console = provider.GetRequiredService<IConsole>();
        if (settings.Version)
        {
            provider.GetRequiredService<VersionFeature>().Run(console);
            return;
        }

        if (settings.Info)
        {
            provider.GetRequiredService<InfoFeature>().Run(console);
            return;
        }

        EnterWorkingDirectory(provider, settings.WorkingDirectory);
        var context = provider.GetRequiredService<IFrostingContext>();
        var engine = provider.GetRequiredService<ICakeEngine>();
        new TaskWiring(engine, context).Register(provider.GetServices<IFrostingTask>());
        RegisterLifetimes(provider, engine, context);
        var host = CreateScriptHost(provider, settings);
        if (settings.Exclusive)
        {
            host.Settings.UseExclusiveTarget();
        }

        host.RunTargetsAsync(settings.Targets).GetAwaiter().GetResult();
    }

    private static void EnterWorkingDirectory(ServiceProvider provider, DirectoryPath? wanted)
    {
        var environment = provider.GetRequiredService<ICakeEnvironment>();
        var path = (wanted ?? provider.GetService<WorkingDirectory>()?.Path ?? environment.WorkingDirectory).MakeAbsolute(environment);
        if (!provider.GetRequiredService<IFileSystem>().Exist(path))
        {
            throw new FrostingException($"The working directory '{path.FullPath}' does not exist.");
        }

        environment.WorkingDirectory = path;
    }

    private static void RegisterLifetimes(ServiceProvider provider, ICakeEngine engine, IFrostingContext context)
    {
        if (provider.GetService<IFrostingSetup>() is { } setup)
        {
            engine.RegisterSetupAction(info => setup.Setup(context, info));
        }

        if (provider.GetService<IFrostingTeardown>() is { } teardown)
        {
            engine.RegisterTeardownAction(info => teardown.Teardown(context, info));
        }
    }

    private static ScriptHost CreateScriptHost(ServiceProvider provider, HostSettings settings)
    {
        Type host = settings switch
        {
            { DryRun: true } => typeof(DryRunScriptHost<IFrostingContext>),
            { Tree: true } => typeof(TreeScriptHost),
            { Description: true } => typeof(DescriptionScriptHost),
            _ => typeof(BuildScriptHost<IFrostingContext>),
        };
        return (ScriptHost)ActivatorUtilities.CreateInstance(provider, host);
    }
}
