using BuildPipeline.Cli;
using Cake.Core;
using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>What every task gets from the task runner.</summary>
public sealed class PipelineContext(ICakeContext context, PipelineOptions options, ShutdownSignals signals) : FrostingContext(context)
{
    /// <summary>The command line.</summary>
    public PipelineOptions Options => options;

    /// <summary>Cancelled by SIGINT, SIGTERM and SIGHUP.</summary>
    public CancellationToken Cancellation => signals.Token;
}
