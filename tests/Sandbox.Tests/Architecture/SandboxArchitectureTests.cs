using BuildPipeline.Architecture;
using BuildPipeline.Sandbox.Hosting;

namespace BuildPipeline.Sandbox.Tests.Architecture;

public sealed class SandboxArchitectureTests() : ArchitectureTests(typeof(SandboxHost).Assembly, "Sandbox", "BuildPipeline.Sandbox");

public sealed class SandboxSizeTests() : SizeTests(typeof(SandboxHost).Assembly, "Sandbox");
