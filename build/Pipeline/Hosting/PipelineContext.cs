using Cake.Core;
using Cake.Frosting;

namespace BuildPipeline.Hosting;

/// <summary>What every task gets from the task runner.</summary>
public sealed class PipelineContext(ICakeContext context, PipelineOptions options) : FrostingContext(context)
{
    /// <summary>The command line.</summary>
    public PipelineOptions Options => options;
}
