using System.Text.Json;

namespace BuildPipeline.Sandbox.SageMaker.Spot;

/// <summary>How many spot instances there were, tick by tick, as public spot traces record it.</summary>
/// <param name="TickSeconds">Length of a tick in the sandbox.</param>
/// <param name="Available">Instances to be had in each tick; after the last one its number stays.</param>
internal sealed record SpotTrace(double TickSeconds, IReadOnlyList<int> Available)
{
    /// <summary>Reads <c>{"metadata":{"gap_seconds":G},"data":[n, …]}</c>.</summary>
    /// <param name="tickSeconds">Replaces the trace's own gap, so days pass in minutes.</param>
    /// <exception cref="FormatException">The file is not a trace; the message says why.</exception>
    public static SpotTrace Read(string file, double? tickSeconds)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            var gap = tickSeconds ?? document.RootElement.GetProperty("metadata").GetProperty("gap_seconds").GetDouble();
            var data = document.RootElement.GetProperty("data").EnumerateArray().Select(count => count.GetInt32()).ToArray();
            return data.Length > 0 && gap > 0
                ? new SpotTrace(gap, data)
                : throw new FormatException($"The spot trace {file} needs at least one entry in 'data' and a positive tick length.");
        }
        catch (Exception exception) when (exception
            is JsonException or KeyNotFoundException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"The spot trace {file} cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>True if so many instances are there at once, so long after the trace started.</summary>
    public bool Has(int instances, TimeSpan elapsed) => Available[TickAt(elapsed)] >= instances;

    /// <summary>Time until the first tick from now on where the instances are there, or are not; null if that does not come.</summary>
    public TimeSpan? Until(bool available, int instances, TimeSpan elapsed)
    {
        for (var tick = TickAt(elapsed); tick < Available.Count; tick++)
        {
            if (Available[tick] >= instances == available)
            {
                var start = TimeSpan.FromSeconds(tick * TickSeconds);
                return start > elapsed ? start - elapsed : TimeSpan.Zero;
            }
        }

        return null;
    }

    private int TickAt(TimeSpan elapsed) => Math.Min((int)(elapsed.TotalSeconds / TickSeconds), Available.Count - 1);
}
