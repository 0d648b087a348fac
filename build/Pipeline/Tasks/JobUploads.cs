using BuildPipeline.Terminal;
using BuildPipeline.Uploads;

namespace BuildPipeline.Tasks;

/// <summary>What a run's next job reads: uploaded before the first job, and for later jobs what was approved and uploaded then.</summary>
public sealed class JobUploads(PipelineCall call, ApprovalScopeBuilder scope, TrainingUploads uploads, SpendCheck check)
{
    /// <summary>The channels of the next job.</summary>
    /// <exception cref="PipelineException">Something cannot be read or uploaded, or the credentials end too soon (exit code 75).</exception>
    public async Task<IReadOnlyList<InputChannel>> PrepareAsync(CancellationToken cancellationToken)
    {
        check.RequireCredentials();
        var job = call.Run.Job!;
        if (call.Run.HasSubmitted)
        {
            return ApprovedChannels.Select(job, call.Run.Approval!.Subject);
        }

        var content = await scope.ReadContentAsync(job, cancellationToken);
        var progress = new TransferProgress(call.Time);
        return await call.Console.RunWithProgressAsync(
            "upload", () => (progress.State.Share, progress.State.Text), () => uploads.UploadAsync(job, content.Program, content.Data, progress, cancellationToken));
    }

    /// <summary>The same channels, once it is certain that they hold what was approved.</summary>
    /// <exception cref="PipelineException">One does not (exit code 4).</exception>
    public Task<IReadOnlyList<InputChannel>> VerifyAsync(IReadOnlyList<InputChannel> channels, CancellationToken cancellationToken) => uploads.VerifyAsync(channels, cancellationToken);
}
