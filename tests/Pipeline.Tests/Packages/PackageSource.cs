using System.Reflection;

namespace BuildPipeline.Pipeline.Tests.Packages;

/// <summary>What the tests were built with.</summary>
internal static class PackageSource
{
    public static bool IsPublished { get; } = typeof(PackageSource).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(m => m.Key == "PackageSource").Value == "published";
}
