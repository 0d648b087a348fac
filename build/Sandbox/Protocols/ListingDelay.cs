namespace BuildPipeline.Sandbox.Protocols;

/// <summary>A planned fault of a list, as a feature of its request: what is newer is missing.</summary>
/// <param name="Until">The time that the list is of.</param>
internal sealed record ListingDelay(DateTimeOffset Until);
