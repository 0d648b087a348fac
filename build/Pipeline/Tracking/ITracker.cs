namespace BuildPipeline.Tracking;

/// <summary>Where runs are tracked. Another system, such as Weights &amp; Biases, is one more class.</summary>
public interface ITracker
{
    /// <summary>As messages name it, for example <c>MLflow at http://localhost:5000</c>.</summary>
    string Name { get; }

    /// <summary>True if it is on this machine, so nobody has to be told of it.</summary>
    bool IsLocal { get; }

    /// <summary>Brings the tracker up to date: it sends what the tracker lacks of the run, and nothing that it has.</summary>
    /// <returns>Where the run can be seen, and what people should know.</returns>
    /// <exception cref="TrackerException">The tracker could not be brought up to date; the next call tries again.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the next call tries again.</exception>
    Task<TrackerReport> SendAsync(TrackedRun run, CancellationToken cancellationToken);
}

/// <summary>A tracker that is up to date.</summary>
/// <param name="Url">The run's page; null if it has none.</param>
/// <param name="Notes">Sentences on what could not be tracked as it is.</param>
public sealed record TrackerReport(string? Url, IReadOnlyList<string> Notes);

/// <summary>A tracker could not be brought up to date. It never fails a run.</summary>
public sealed class TrackerException(string message, Exception? inner = null) : Exception(message, inner);
