using System.Text.Json.Serialization;

namespace BuildPipeline.Sandbox.SageMaker.Spot;

/// <summary>What the spot market does to the jobs that are submitted from now on.</summary>
/// <param name="Interruptions">Taken in order, each once for a job: <c>checkpoint:N</c> or <c>Ns</c>.</param>
/// <param name="Discount">Part of the on-demand price that spot saves, 0 to below 1.</param>
/// <param name="Trace">File of a spot trace, or null for capacity at all times.</param>
/// <param name="SecondsPerTick">Length of a tick of the trace; null for the trace's own.</param>
/// <param name="TraceStart">When the trace started: with the first spot job under it, for later ones meet the same market; null before that.</param>
internal sealed record SpotSchedule(
    IReadOnlyList<string>? Interruptions = null,
    decimal Discount = 0.7m,
    string? Trace = null,
    double? SecondsPerTick = null,
    DateTimeOffset? TraceStart = null)
{
    /// <summary>One interruption, so every run shows that it can resume.</summary>
    private static readonly string[] Default = ["checkpoint:2"];

    /// <summary>The interruptions; where none are named, a trace brings its own.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Planned => Interruptions ?? (Trace is null ? Default : []);

    /// <summary>The trace's content, or null.</summary>
    /// <exception cref="FormatException">The trace cannot be read.</exception>
    public SpotTrace? ReadTrace() => Trace is null ? null : SpotTrace.Read(Trace, SecondsPerTick);

    /// <exception cref="FormatException">A value is malformed; the message says which.</exception>
    public void Check()
    {
        foreach (var interruption in Planned)
        {
            Interruption.Parse(interruption);
        }

        if (Discount is < 0 or >= 1)
        {
            throw new FormatException($"The discount must be from 0 to below 1, but is {Discount}.");
        }

        ReadTrace();
    }
}
