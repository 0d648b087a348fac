using System.Text.Json;

namespace BuildPipeline.Prices;

/// <summary>The prices of a run, kept with the run: a process that continues it uses the same.</summary>
public sealed record PriceSnapshot
{
    /// <summary>Every input.</summary>
    public IReadOnlyList<PriceInput> Inputs { get; init; } = [];

    /// <summary>One sentence for each better source that could not be used.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>SHA-256 over the inputs, hex; an approval binds it.</summary>
    public string Sha256 => HexDigest.Calculate(JsonSerializer.SerializeToUtf8Bytes(Inputs, RunJson.Compact));

    /// <summary>The input of that name; one that nobody has is unknown.</summary>
    public PriceInput this[string name] =>
        Inputs.FirstOrDefault(input => input.Name == name) ?? new PriceInput(name, null, "", "no source has it", DateOnly.MinValue);
}

/// <summary>A price or an assumption.</summary>
/// <param name="Name">What, for example <c>ml.g5.xlarge</c>.</param>
/// <param name="Value">In its unit; null is unknown, never zero.</param>
/// <param name="Unit">For example <c>USD per node-hour</c>.</param>
/// <param name="Source">Where it is from.</param>
/// <param name="Date">As of when.</param>
public sealed record PriceInput(string Name, decimal? Value, string Unit, string Source, DateOnly Date)
{
    /// <summary>Source and age, for people.</summary>
    /// <param name="today">The day that the age is counted to.</param>
    public string Origin(DateOnly today) => Value is null
        ? Source
        : $"{Source}, {Date:yyyy-MM-dd} ({(today.DayNumber - Date.DayNumber) switch { <= 0 => "today", 1 => "1 day old", var days => $"{days} days old" }})";
}
