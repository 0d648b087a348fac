using BuildPipeline.Accounts;
using BuildPipeline.Aws;
using BuildPipeline.Jobs;
using BuildPipeline.Runs;

namespace BuildPipeline.Watching;

/// <summary>What a watch keeps of an open run: little, because it keeps a thousand of them.</summary>
public sealed class WatchedRun
{
    /// <summary>An open run.</summary>
    /// <param name="run">Its record.</param>
    /// <param name="polling">How fast the market of its account moves.</param>
    public WatchedRun(RunRecord run, PollingOptions polling)
    {
        RunId = run.RunId;
        BaseName = run.Job?.Name;
        JobName = run.CurrentAttempt!.JobName;
        State = run.State;
        SecondaryStatus = run.CurrentAttempt.SecondaryStatus;
        Checkpoints = ArtifactPaths.Checkpoints(run.Job!, run.ArtifactFolder);
        Deadline = WatchedDeadline.From(run, polling);
        Progress = new(run, polling);
    }

    /// <summary>The run.</summary>
    public string RunId { get; }

    /// <summary>What the names of the environment's jobs start with; null before a plan.</summary>
    public string? BaseName { get; }

    /// <summary>Its newest training job.</summary>
    public string JobName { get; }

    /// <summary>Its state, by the log.</summary>
    public RunState State { get; }

    /// <summary>What the service said of the job last.</summary>
    public string? SecondaryStatus { get; private set; }

    /// <summary>The folder of its checkpoints.</summary>
    public S3Uri Checkpoints { get; }

    /// <summary>Its deadline, where its job may have to move; null otherwise.</summary>
    public WatchedDeadline? Deadline { get; }

    /// <summary>How its job gets on.</summary>
    public WatchedProgress Progress { get; }

    /// <summary>How often it was driven in a row without getting on.</summary>
    public int Failures { get; set; }

    /// <summary>When it may be driven again.</summary>
    public DateTimeOffset DriveFrom { get; set; }

    /// <summary>True if its checkpoints are to be read now, for its deadline or for its progress.</summary>
    /// <param name="now">The time.</param>
    /// <param name="secondaryStatus">The secondary status of its job.</param>
    public bool IsReadingDue(DateTimeOffset now, string? secondaryStatus)
    {
        Progress.Saw(secondaryStatus, now);
        return Deadline?.IsReadingDue(now, secondaryStatus) == true || Progress.IsReadingDue(now);
    }

    /// <summary>Takes what a list of the running jobs has of its job.</summary>
    /// <returns>True if it is news.</returns>
    public bool Saw(string? secondaryStatus)
    {
        var isNews = secondaryStatus != SecondaryStatus;
        SecondaryStatus = secondaryStatus;
        return isNews;
    }
}
