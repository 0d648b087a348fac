namespace BuildPipeline.EndToEnd.Tests.Pipeline;

/// <summary>Tests in which real time counts: they run after the others, one by one.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
