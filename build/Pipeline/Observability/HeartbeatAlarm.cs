using System.Text.RegularExpressions;
using BuildPipeline.Jobs;

namespace BuildPipeline.Observability;

/// <summary>The alarm of one run: nobody follows it. Between runs there is none, so a missing heartbeat always means something.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What happened and what to do, as the message says it.</param>
/// <param name="Period">Seconds of a period.</param>
/// <param name="Periods">As many periods without a heartbeat set it off.</param>
public sealed partial record HeartbeatAlarm(string Name, string Description, int Period, int Periods)
{
    private const int Minute = 60;
    private const int Hour = 3600;

    /// <summary>Its name, by which it is found again.</summary>
    public static string NameOf(ObservedRun run) => $"{run.Environment}-{run.RunId}-heartbeat";

    /// <summary>True if an alarm is that of a run of the environment.</summary>
    /// <param name="environment">Base of the jobs' names.</param>
    /// <param name="alarm">Name of the alarm.</param>
    public static bool IsOf(string environment, string alarm) =>
        alarm.StartsWith(environment, StringComparison.Ordinal) && RunPart().IsMatch(alarm[environment.Length..]);

    /// <summary>For a run that this process follows; null if the settings want none.</summary>
    /// <param name="run">The run.</param>
    /// <param name="alarms">The settings.</param>
    /// <param name="command">Continues the run.</param>
    public static HeartbeatAlarm? Followed(ObservedRun run, AlarmSpec alarms, string command) => alarms.HeartbeatMinutes == 0 ? null : new(
        NameOf(run),
        $"Nobody has followed run {run.RunId} of {run.Environment} for {alarms.HeartbeatMinutes} minutes: the process that launched it ended or lost its network. Its job may still run and cost what was approved, but no deadline is kept and the result is not validated. What to do: continue it on any machine with {command}",
        Minute,
        alarms.HeartbeatMinutes);

    /// <summary>For a run that somebody has left on purpose; null if the settings want none.</summary>
    /// <inheritdoc cref="Followed"/>
    public static HeartbeatAlarm? Detached(ObservedRun run, AlarmSpec alarms, string command) => alarms.DetachedHours == 0 ? null : new(
        NameOf(run),
        $"Run {run.RunId} of {run.Environment} was left running and nobody has continued it for {Counted.Format(alarms.DetachedHours, "hour")}. Its job may still run and cost what was approved, or wait for its validation. What to do: continue it with {command}",
        Hour,
        alarms.DetachedHours);

    [GeneratedRegex(@"^-\d{8}-\d{6}-[a-z0-9]{4}-heartbeat$")]
    private static partial Regex RunPart();
}
