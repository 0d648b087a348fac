using BuildPipeline.Architecture;
using BuildPipeline.Hosting;

namespace BuildPipeline.Pipeline.Tests.Architecture;

public sealed class PipelineSizeTests() : SizeTests(typeof(Targets).Assembly, "Pipeline");
