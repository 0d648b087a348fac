namespace BuildPipeline.Aws;

/// <summary>A bucket whose name is read where it is first needed.</summary>
public interface IBucket
{
    /// <summary>Name of the bucket.</summary>
    /// <exception cref="PipelineException">Nothing names it.</exception>
    string Name { get; }
}

/// <summary>A bucket that is known.</summary>
public sealed record NamedBucket(string Name) : IBucket;
