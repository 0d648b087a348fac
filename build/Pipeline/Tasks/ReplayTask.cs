using System.Diagnostics;
using BuildPipeline.Cli;
using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>Replays jobs over recorded spot traces and compares the policies, in its own process.</summary>
[TaskName("Replay")]
[TaskDescription("Replays jobs over recorded spot traces and compares the policies.")]
public sealed class ReplayTask(PipelineOptions options, ExitCodeHolder exit) : AsyncFrostingTask<PipelineContext>
{
    /// <inheritdoc/>
    public override async Task RunAsync(PipelineContext context)
    {
        using var process = Process.Start("dotnet", [BuildOutput.Locate("Replay"), .. options.CakeArguments]);
        try
        {
            await process.WaitForExitAsync(context.Cancellation);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }

        // It has shown its failure itself. A crash ends with a code that is not documented.
        var code = (ExitCode)process.ExitCode;
        exit.Code = Enum.IsDefined(code) ? code : ExitCode.Failed;
    }
}
