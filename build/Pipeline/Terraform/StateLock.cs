using System.Globalization;
using System.Text.RegularExpressions;

namespace BuildPipeline.Terraform;

/// <summary>What is known of the process that holds a state lock.</summary>
public enum LockOwner
{
    /// <summary>Nothing: it may run on another machine.</summary>
    Unknown,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>It ran on this machine and is gone.</summary>
    Gone,
}

/// <summary>A lock of the Terraform state, as terraform describes it where it cannot get it.</summary>
/// <param name="Who">User and machine, <c>user@host</c>.</param>
public sealed partial record StateLock(string Id, string Operation, string Who, DateTimeOffset? Created)
{
    // Two clocks of one machine: terraform's own, and that of the process table.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(2);

    /// <summary>Reads terraform's "Lock Info"; null if it printed none.</summary>
    internal static StateLock? Find(IReadOnlyList<string> lines)
    {
        var info = lines.Select(line => FieldPattern().Match(line)).Where(match => match.Success)
            .GroupBy(match => match.Groups[1].Value).ToDictionary(group => group.Key, group => group.First().Groups[2].Value.Trim());
        return lines.Any(line => line.Contains("Error acquiring the state lock", StringComparison.Ordinal)) && info.TryGetValue("ID", out var id)
            ? new StateLock(id, info.GetValueOrDefault("Operation", ""), info.GetValueOrDefault("Who", "?"), Moment(info.GetValueOrDefault("Created", "")))
            : null;
    }

    /// <summary>Judges the lock's owner; what is not certain is <see cref="LockOwner.Unknown"/>.</summary>
    /// <param name="recorded">Each terraform that this data folder has started.</param>
    /// <param name="host">Name of this machine.</param>
    /// <param name="running">When each terraform that runs on this machine was started.</param>
    internal LockOwner JudgeOwner(IReadOnlyList<RecordedTerraform> recorded, string host, IReadOnlyCollection<DateTimeOffset> running)
    {
        if (Created is not { } created || !Who.EndsWith($"@{host}", StringComparison.Ordinal))
        {
            return LockOwner.Unknown;
        }

        var possible = recorded.Where(one => one.Started - Slack <= created && (one.Ended is not { } ended || ended + Slack >= created)).ToList();
        // A terraform of somebody else on this machine could hold it too.
        return possible.Exists(one => one.IsRunning) ? LockOwner.Running
            : possible.Count == 0 || running.Any(started => started <= created + Slack) ? LockOwner.Unknown
            : LockOwner.Gone;
    }

    /// <summary>One sentence: whose lock it is, what for, since when.</summary>
    internal string Describe(DateTimeOffset now)
    {
        var since = Created is { } created ? $" since {created.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC ({Age(now - created)} ago)" : "";
        return $"The Terraform state is locked by {Who} for {Operation.Replace("OperationType", "", StringComparison.Ordinal).ToLowerInvariant()}{since}, lock ID {Id}.";
    }

    private static string Age(TimeSpan age) => age switch
    {
        { TotalDays: >= 2 } => $"{age.TotalDays:0} days",
        { TotalHours: >= 2 } => $"{age.TotalHours:0} hours",
        { TotalMinutes: >= 2 } => $"{age.TotalMinutes:0} minutes",
        _ => $"{Math.Max(0, age.TotalSeconds):0} seconds",
    };

    // Go prints 2026-11-20 09:00:00.123456789 +0000 UTC.
    private static DateTimeOffset? Moment(string text) =>
        DateTimeOffset.TryParse(text.Replace(" UTC", "", StringComparison.Ordinal), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            ? moment
            : MomentPattern().Match(text) is { Success: true } match
                ? DateTimeOffset.Parse(match.Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
                : null;

    [GeneratedRegex(@"^[│\s]*(ID|Operation|Who|Created):\s+(.*)$")]
    private static partial Regex FieldPattern();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d")]
    private static partial Regex MomentPattern();
}
