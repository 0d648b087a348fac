using BuildPipeline.Aws;

namespace BuildPipeline.Pipeline.Tests.Journal;

/// <summary>A bucket that is known.</summary>
internal sealed record NamedBucket(string Name) : IBucket;
