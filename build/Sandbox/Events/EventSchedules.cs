using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.Events;

/// <summary>
/// Fires the rules that have a schedule, by the clock of this machine. What was due while the sandbox did not run does not happen later, and a
/// schedule does not keep a sandbox running that nobody uses.
/// </summary>
internal sealed class EventSchedules(PerRegion<EventStore> stores, EventBus bus, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);

    // By the ARN of a rule: since when its schedule counts, and how often it was due at the last check.
    private readonly Dictionary<string, (DateTimeOffset Since, long Count)> _seen = new(StringComparer.Ordinal);

    private readonly DateTimeOffset _started = time.GetUtcNow();

    /// <summary>Fires what has become due.</summary>
    public void Check()
    {
        var now = time.GetUtcNow();
        foreach (var rule in stores.All.SelectMany(store => store.Rules).Where(rule => rule.Schedule is not null))
        {
            var schedule = EventSchedule.Parse(rule.Schedule!)!;
            var count = schedule.CountAt(rule.Since, now);
            var before = _seen.TryGetValue(rule.Arn, out var seen) && seen.Since == rule.Since ? seen.Count : schedule.CountAt(rule.Since, _started);
            _seen[rule.Arn] = (rule.Since, count);
            if (count > before && rule.IsEnabled)
            {
                bus.Fire(rule.Arn.Split(':')[3], rule, new BusEvent("aws.events", "Scheduled Event", [rule.Arn], new JsonObject(), now));
            }
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Between, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            Check();
        }
    }
}
