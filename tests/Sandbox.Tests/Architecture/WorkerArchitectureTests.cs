using BuildPipeline.Architecture;
using BuildPipeline.Worker;

namespace BuildPipeline.Sandbox.Tests.Architecture;

public sealed class WorkerArchitectureTests() : ArchitectureTests(typeof(TrainingProgram).Assembly, "Worker", "BuildPipeline.Worker");
