namespace BuildPipeline.Journal;

/// <summary>Stores the events of runs, each under its number, once.</summary>
public interface IEventStore
{
    /// <summary>The clock of the store.</summary>
    DateTimeOffset Now { get; }

    /// <summary>Where the events of a run are, for messages.</summary>
    string PlaceOf(string runId);

    /// <summary>The events of a run after a number, in order; empty if there are none.</summary>
    /// <exception cref="PipelineException">One is missing or cannot be read (exit code 2), or the store cannot be reached.</exception>
    Task<IReadOnlyList<RunEvent>> ReadAsync(string runId, int after, CancellationToken cancellationToken);

    /// <summary>Stores an event under its number.</summary>
    /// <returns>False if that number is taken, and nothing was written.</returns>
    /// <exception cref="PipelineException">The store cannot be reached.</exception>
    Task<bool> TryAppendAsync(string runId, RunEvent next, CancellationToken cancellationToken);
}
