using BuildPipeline.Replay;

namespace BuildPipeline.Pipeline.Tests.Replay;

/// <summary>Traces and jobs as the tests need them.</summary>
internal static class Traces
{
    /// <summary>Names the folder of recorded traces; without it, what needs them is skipped.</summary>
    public const string Variable = "PIPELINE_TRACES";

    /// <summary>Every job of the six settings: work and deadline in hours, restart in hours.</summary>
    public static readonly (double Work, double Deadline, double Restart)[] Settings =
        [(48, 60, 0.2), (24, 30, 0.2), (12, 15, 0.1), (12, 18, 0.1), (12, 13.2, 0.1), (4, 6, 0.1)];

    public static IReadOnlyDictionary<string, SpotTrace>? Recorded() =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder ? SpotTraceReader.ReadFolder(folder) : null;

    /// <summary>Runs of up and down, in ticks, from up on.</summary>
    public static SpotTrace Of(double tickHours, IEnumerable<int> runs)
    {
        var samples = runs.SelectMany((ticks, index) => Enumerable.Repeat(index % 2 == 0 ? 1 : 0, ticks)).ToArray();
        return new SpotTrace("made-up.json", tickHours, samples);
    }

    /// <summary>Starts spread evenly over a trace.</summary>
    public static IEnumerable<ReplayCase> Cases(SpotTrace trace, (double Work, double Deadline, double Restart) setting, int starts)
    {
        var last = trace.Length - (int)Math.Ceiling(setting.Deadline / trace.TickHours);
        return Enumerable.Range(0, starts).Select(i => new ReplayCase(
            new ReplayJob($"{i}", trace.Name, (int)((long)last * i / starts), null, new JobHours(setting.Work, setting.Deadline, setting.Restart), 0.35), trace));
    }
}
