using BuildPipeline.Architecture;
using BuildPipeline.Hosting;

namespace BuildPipeline.Pipeline.Tests.Architecture;

/// <summary>The layers of the pipeline, from its compiled types.</summary>
public sealed class PipelineArchitectureTests() : ArchitectureTests(typeof(EntryPoint).Assembly, "Pipeline", "BuildPipeline");
