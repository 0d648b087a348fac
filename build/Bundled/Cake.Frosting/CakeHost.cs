using System.Reflection;
using Cake.Cli;
using Cake.Core;
using Cake.Core.Configuration;
using Cake.Core.IO;
using Cake.Frosting.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Spectre.Console.Cli;

namespace Cake.Frosting;

/// <summary>Runs the tasks of the entry assembly, and of those added, from a command line.</summary>
public sealed class CakeHost
{
    private readonly ServiceCollection _services = [];
    private readonly HashSet<Assembly> _assemblies = [];

    public CakeHost()
    {
        if (Assembly.GetEntryAssembly() is { } entry)
        {
            _assemblies.Add(entry);
        }

        _services.AddCakeDiagnostics();
        _services.UseCakeDefaultModules();
        _services.AddSingleton(ReadConfiguration);
        _services.AddSingleton<IVersionResolver, VersionResolver>();
        _services.AddSingleton<VersionFeature>();
        _services.AddSingleton<InfoFeature>();
        _services.UseContext<FrostingContext>();
    }

    public static CakeHost Create() => new();

    public CakeHost AddAssembly(Assembly assembly)
    {
        _assemblies.Add(assembly);
        return this;
    }

    public CakeHost ConfigureServices(Action<IServiceCollection> services)
    {
        services(_services);
        return this;
    }

    /// <returns>0, or the exit code of the failure; 255 (-1) where the command line cannot be read.</returns>
    public int Run(IEnumerable<string> args)
    {
        foreach (var task in _assemblies.SelectMany(assembly => assembly.GetExportedTypes()).Where(IsTask))
        {
            _services.AddSingleton(typeof(IFrostingTask), task);
        }

        var command = new ServiceCollection().AddSingleton<IServiceCollection>(_services);
        return new CommandApp<HostCommand>(new TypeRegistrar(command)).Run(args);
    }

    private static bool IsTask(Type type) => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IFrostingTask));

    private static ICakeConfiguration ReadConfiguration(IServiceProvider provider)
    {
        var environment = provider.GetRequiredService<ICakeEnvironment>();
        var settings = provider.GetServices<CakeSetting>().GroupBy(setting => setting.Key, StringComparer.OrdinalIgnoreCase);
        return new CakeConfigurationProvider(provider.GetRequiredService<IFileSystem>(), environment).CreateConfiguration(
            environment.WorkingDirectory,
            settings.Select(group => KeyValuePair.Create(group.Key, group.Last().Value)),
            new Dictionary<string, string>());
    }
}
