namespace BuildPipeline.Watching;

/// <summary>Continues one open run, as <c>--target=Resume</c> does.</summary>
public interface IRunDriver
{
    /// <summary>Continues the run until its job needs nobody for the moment, or the run is closed.</summary>
    /// <returns>How it ended: <see cref="ExitCode.StillRunning"/> where the job runs on, or another process drives the run.</returns>
    Task<ExitCode> DriveAsync(string runId, CancellationToken cancellationToken);
}
