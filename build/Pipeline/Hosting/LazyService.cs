using Microsoft.Extensions.DependencyInjection;

namespace BuildPipeline.Hosting;

/// <summary>A service that is made when it is first used: the task runner makes all tasks before the environment is known.</summary>
internal sealed class LazyService<T>(IServiceProvider services) : Lazy<T>(services.GetRequiredService<T>)
    where T : notnull;
