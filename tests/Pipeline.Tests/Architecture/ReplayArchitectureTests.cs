using BuildPipeline.Architecture;
using BuildPipeline.Replay;

namespace BuildPipeline.Pipeline.Tests.Architecture;

public sealed class ReplayArchitectureTests() : ArchitectureTests(typeof(ReplayProgram).Assembly, "Replay", "BuildPipeline.Replay");

public sealed class ReplaySizeTests() : SizeTests(typeof(ReplayProgram).Assembly, "Replay");
