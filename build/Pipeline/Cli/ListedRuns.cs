using System.Text.RegularExpressions;

namespace BuildPipeline.Cli;

/// <summary>Reads the options that say which runs are shown, and in what form.</summary>
internal static partial class ListedRuns
{
    /// <summary>The one run of a target; null if none is given.</summary>
    /// <exception cref="PipelineException">There are several (exit code 2).</exception>
    public static string? AtMostOne(IReadOnlyList<string> runs) => runs switch
    {
        [] => null,
        [var run] => run,
        _ => throw new PipelineException(CliErrors.RepeatedOption, "--run was given more than once. Give it once. Only the target Compare takes two."),
    };

    /// <summary>The two runs that are compared.</summary>
    /// <exception cref="PipelineException">There are more or fewer (exit code 2).</exception>
    public static IReadOnlyList<string> Two(IReadOnlyList<string> runs) => runs.Count == 2
        ? runs
        : throw new PipelineException(CliErrors.MissingValue, "Compare needs two runs: --run=RUN-ID --run=RUN-ID.");

    /// <summary>The month whose runs are listed.</summary>
    /// <exception cref="PipelineException">It is not a month, or the target lists none (exit code 2).</exception>
    public static string Month(string text, string? target) =>
        target is not "History" ? throw Bad("--month only applies to the target History.")
        : MonthPattern().IsMatch(text) ? text
        : throw Bad($"--month={text} must have the form YYYY-MM, for example 2026-11.");

    /// <summary>True for JSON.</summary>
    /// <exception cref="PipelineException">It is neither JSON nor text, or the target prints no document (exit code 2).</exception>
    public static bool IsJson(string format, string? target) =>
        !OptionCatalog.DocumentTargets.Contains(target) ? throw Bad($"--output only applies to the targets {string.Join(", ", OptionCatalog.DocumentTargets)}.")
        : format.ToUpperInvariant() switch
        {
            "JSON" => true,
            "TEXT" => false,
            _ => throw Bad($"--output={format} must be text or json."),
        };

    private static PipelineException Bad(string sentence) => new(CliErrors.InvalidValue, sentence);

    [GeneratedRegex("^[0-9]{4}-(0[1-9]|1[0-2])$")]
    private static partial Regex MonthPattern();
}
