namespace BuildPipeline.Cli;

/// <summary>An option of the command line.</summary>
/// <param name="Name">Long name without dashes.</param>
/// <param name="Value">Placeholder of its value in the help; null for a switch.</param>
/// <param name="Description">What it does, one sentence.</param>
/// <param name="Targets">Targets that read it; empty means every target.</param>
/// <param name="Short">One-letter name; null if there is none.</param>
/// <param name="Repeatable">May be given more than once.</param>
/// <param name="IsContext">True if a suggested command has to repeat it.</param>
public sealed record Option(
    string Name, string? Value, string Description, IReadOnlyList<string> Targets, string? Short = null, bool Repeatable = false, bool IsContext = false)
{
    /// <summary>As a person types it.</summary>
    public string Usage => (Short is null ? "" : $"-{Short}, ") + $"--{Name}" + (Value is null ? "" : $"={Value}");
}
