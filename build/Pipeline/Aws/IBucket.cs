namespace BuildPipeline.Aws;

/// <summary>A bucket whose name is read where it is first needed.</summary>
public interface IBucket
{
    /// <summary>Name of the bucket.</summary>
    /// <exception cref="PipelineException">Nothing names it.</exception>
    string Name { get; }
}
