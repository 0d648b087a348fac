using FsCheck.Xunit;

namespace BuildPipeline.Pipeline.Tests.Replay;

/// <summary>The same on 5,000 replays each.</summary>
[Properties(Arbitrary = [typeof(ReplayPropertyTests)], MaxTest = 5000)]
[Trait("Tier", "all")]
public sealed class ReplayResearchTests : ReplayPropertyTests;
