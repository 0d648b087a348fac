using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace BuildPipeline.Journal;

/// <summary>The log of one run: its events in order, and the record that they add up to.</summary>
/// <param name="store">Where the events are.</param>
/// <param name="runId">The run.</param>
/// <param name="driver">This process.</param>
/// <param name="fence">Fencing number of the lease that this process holds; null if it holds none.</param>
/// <param name="version">The newest schema version that this program can write.</param>
public sealed class EventLog(IEventStore store, string runId, Driver driver, long? fence, int version)
{
    private const int Tries = 10;

    private readonly List<RunEvent> _events = [];
    private long? _fence = fence;

    /// <summary>The record of the run; empty before its first event.</summary>
    public JsonObject State { get; private set; } = [];

    /// <summary>The events that were read or written, in order.</summary>
    public IReadOnlyList<RunEvent> Events => _events;

    /// <summary>True if a newer version of the program has written to the log.</summary>
    public bool IsNewer => _events.Exists(known => known.SchemaVersion > version);

    /// <summary>True once another driver has written to the log after this one had read it.</summary>
    public bool IsOvertaken { get; private set; }

    /// <summary>The highest fencing number in the log; 0 if no event has one. In logs of schema version 3 it is that of the environment's lease.</summary>
    public long HighestFence => _events.Max(known => known.Fence) ?? 0;

    /// <summary>Drives the run from here on, after what others have written until the lease was acquired.</summary>
    /// <param name="number">Fencing number of the lease of the run; null if these credentials may not hold it.</param>
    /// <exception cref="PipelineException">An event is missing or cannot be read (exit code 2), or the store cannot be reached.</exception>
    public Task HoldAsync(long? number, CancellationToken cancellationToken)
    {
        _fence = number;
        return ReadAsync(cancellationToken);
    }

    /// <summary>Reads the events that were written since.</summary>
    /// <exception cref="PipelineException">One is missing or cannot be read (exit code 2), or the store cannot be reached.</exception>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        foreach (var known in await store.ReadAsync(runId, _events.Count, cancellationToken))
        {
            Take(known);
        }
    }

    /// <summary>Appends an event; it is stored when this returns.</summary>
    /// <param name="kind">What happened.</param>
    /// <param name="change">Makes the new record of a copy of the current one; null if nothing changes. It may be called more than once.</param>
    /// <param name="detail">What to know of it; written as JSON.</param>
    /// <exception cref="PipelineException">Another driver has written to the log (75), a newer version of the program has (2), or the store cannot be reached.</exception>
    public async Task AppendAsync(string kind, Func<JsonObject, JsonObject>? change, object? detail, CancellationToken cancellationToken)
    {
        var id = RandomNumberGenerator.GetHexString(16, lowercase: true);
        for (var tries = 0; tries < Tries; tries++)
        {
            RequireDriver();
            var next = new RunEvent
            {
                SchemaVersion = version,
                Number = _events.Count + 1,
                Id = id,
                At = store.Now,
                Kind = kind,
                Detail = JsonSerializer.SerializeToNode(detail, RunJson.Compact),
                Driver = driver,
                Fence = _fence,
                Changes = change is null ? null : MergePatch.Between(State, change(State.DeepClone().AsObject())),
            };
            if (await store.TryAppendAsync(runId, next, cancellationToken))
            {
                Take(next);
                return;
            }

            await ReadAsync(cancellationToken);
            if (_events.Exists(known => known.Id == id))
            {
                return; // It was written, and the answer was lost.
            }

            IsOvertaken = _events.Skip(next.Number - 1).Any(known => known.Driver.Id != driver.Id && !known.IsNote());
        }

        throw new PipelineException(JournalErrors.LogBusy, $"The log {store.PlaceOf(runId)} kept changing ({Tries} attempts). Try again.");
    }

    private void RequireDriver()
    {
        if (IsNewer)
        {
            throw new PipelineException(
                JournalErrors.NewerRun,
                $"A newer version of this program has written to run {runId} (schema version {_events.Max(known => known.SchemaVersion)}; this version knows {version}). Update the checkout, and call again.");
        }

        if (IsOvertaken || _events.Exists(known => known.Fence > _fence))
        {
            var other = _events.FindLast(known => known.Driver.Id != driver.Id && !known.IsNote())!;
            throw new PipelineException(
                JournalErrors.RunContinuedElsewhere,
                $"{other.Driver.Target} on {other.Driver.Machine} (process {other.Driver.Process.Id}) has continued run {runId} ({other.Kind}, {other.At:u}), so this process stops.");
        }
    }

    private void Take(RunEvent known)
    {
        _events.Add(known);
        State = known.Changes is { } changes ? MergePatch.Apply(State, changes) : State;
    }
}
