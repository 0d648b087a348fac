using System.Collections.Concurrent;

namespace BuildPipeline.Sandbox.Kernel;

/// <summary>The state of a service in each region: what is in one does not exist in another.</summary>
/// <param name="folder">The service's folder, with a folder for each region that has state.</param>
/// <param name="open">Opens a region's state.</param>
internal sealed class PerRegion<T>(string folder, Func<string, T> open)
{
    // A region's state is opened by whoever needs it first, and only once.
    private readonly ConcurrentDictionary<string, Lazy<T>> _opened = new(StringComparer.Ordinal);

    /// <param name="region">The name of a region of AWS.</param>
    public T In(string region) => _opened.GetOrAdd(region, name => new Lazy<T>(() => open(Directory.CreateDirectory(Path.Combine(folder, name)).FullName))).Value;

    /// <summary>The state of all regions that have some.</summary>
    public IEnumerable<T> All => Directory.EnumerateDirectories(folder).Select(region => In(Path.GetFileName(region)));
}
