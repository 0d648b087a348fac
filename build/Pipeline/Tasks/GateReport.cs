using BuildPipeline.Freezes;
using BuildPipeline.Reporting;
using BuildPipeline.Terminal;

namespace BuildPipeline.Tasks;

/// <summary>Tells that the gate let a run through: what may be approved, for people and for a workflow's later steps.</summary>
public sealed class GateReport(PipelineCall call, GateOutputs outputs, FreezeNotice freezes, WhatIfComparison whatIf)
{
    /// <summary>Tells it.</summary>
    /// <param name="uploadedBytes">Bytes of program and data that the pipeline uploads.</param>
    /// <param name="cancellationToken">Cancels requests and plans.</param>
    public async Task RunAsync(long uploadedBytes, CancellationToken cancellationToken)
    {
        var subject = call.Run.Subject!;
        CostView.ShowSubject(call.Console, subject);
        if (await freezes.ReadAsync(subject.Job.Team, cancellationToken) is { } frozen)
        {
            call.Console.Warn(frozen);
        }

        await outputs.SetAsync(subject, cancellationToken);
        if (call.Options.WhatIf)
        {
            await whatIf.RunAsync(uploadedBytes, cancellationToken);
        }
    }
}
