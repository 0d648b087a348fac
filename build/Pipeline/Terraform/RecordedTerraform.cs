using System.Diagnostics;
using System.Globalization;

namespace BuildPipeline.Terraform;

/// <summary>Where the output of terraform and its process id are kept.</summary>
internal sealed record TerraformFiles(string Log, string Processes);

/// <summary>A terraform that has used a data folder and may have locked the state, as its guard has recorded it.</summary>
/// <param name="Ended">When it ended; null if its guard did not live to see that.</param>
/// <param name="IsRunning">True if the process still runs.</param>
internal sealed record RecordedTerraform(int Pid, DateTimeOffset Started, DateTimeOffset? Ended, bool IsRunning)
{
    /// <summary>Reads the records of a data folder.</summary>
    public static IReadOnlyList<RecordedTerraform> Read(string file)
    {
        var records = new List<RecordedTerraform>();
        foreach (var words in (File.Exists(file) ? File.ReadAllLines(file) : []).Select(line => line.Split(' ')))
        {
            if (words is [var id, "started", var start])
            {
                records.Add(new(int.Parse(id, CultureInfo.InvariantCulture), Moment(start), null, Runs(id, Moment(start))));
            }
            else if (words is [var ended, "ended", var end] && records.FindLastIndex(record => record.Pid.ToString(CultureInfo.InvariantCulture) == ended) is >= 0 and var index)
            {
                records[index] = records[index] with { Ended = Moment(end), IsRunning = false };
            }
        }

        return records;
    }

    /// <summary>When each terraform of this machine was started, as far as the system tells.</summary>
    public static IReadOnlyCollection<DateTimeOffset> RunningSince() =>
        [.. Process.GetProcessesByName("terraform").Select(StartOf).OfType<DateTimeOffset>()];

    // An id is given again: only a process that was started then is the one.
    private static bool Runs(string pid, DateTimeOffset started)
    {
        try
        {
            using var process = Process.GetProcessById(int.Parse(pid, CultureInfo.InvariantCulture));
            return StartOf(process) is { } start && (start - started).Duration() < TimeSpan.FromSeconds(5);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static DateTimeOffset? StartOf(Process process)
    {
        try
        {
            return IsAlive(process.Id) ? process.StartTime : null;
        }
        catch (Exception exception) when (exception is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    // Linux lists a dead process until its parent asks for it, which the first process of many containers never does.
    private static bool IsAlive(int pid)
    {
        var stat = $"/proc/{pid}/stat";
        return !File.Exists(stat) || File.ReadAllText(stat) is var text && text[(text.LastIndexOf(')') + 2)..][0] is not ('Z' or 'X');
    }

    private static DateTimeOffset Moment(string seconds) => DateTimeOffset.FromUnixTimeSeconds(long.Parse(seconds, CultureInfo.InvariantCulture));
}
