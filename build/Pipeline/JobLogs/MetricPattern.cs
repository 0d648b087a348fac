using System.Globalization;
using System.Text.RegularExpressions;
using BuildPipeline.Jobs;

namespace BuildPipeline.JobLogs;

/// <summary>One of a job's metric definitions: it finds the metric's value in a log line.</summary>
internal sealed partial class MetricPattern
{
    // What a program prints of a number that is none. SageMaker's usual patterns match digits only, and such a value must not vanish.
    private const string NotANumber = "1e-301";
    private const string Infinite = "1e301";

    private static readonly TimeSpan LongestMatch = TimeSpan.FromMilliseconds(50);

    private readonly Regex _regex;

    /// <summary>Reads with the regular expression of a definition.</summary>
    /// <exception cref="PipelineException">It is not valid (exit code 2).</exception>
    public MetricPattern(MetricDefinitionSpec definition)
    {
        Name = definition.Name;
        try
        {
            _regex = new Regex(definition.Regex, RegexOptions.CultureInvariant, LongestMatch);
        }
        catch (ArgumentException exception)
        {
            throw new PipelineException(JobLogErrors.InvalidMetric,
                $"The regular expression of the metric {Name} is not valid: {exception.Message}", exception);
        }
    }

    /// <summary>The metric's name.</summary>
    public string Name { get; }

    /// <summary>The value in a line, which can be NaN or infinite; null if the line has none.</summary>
    public double? ValueIn(string line)
    {
        if (ParsedFrom(line) is { } value)
        {
            return value;
        }

        return NoNumber().IsMatch(line) ? ParsedFrom(NoNumber().Replace(line, match => match.Value[0] is 'n' or 'N' ? NotANumber : Infinite)) : null;
    }

    /// <summary>The step that a line names; null if it names none.</summary>
    public static int? StepIn(string line) =>
        StepPattern().Match(line) is { Success: true } match && int.TryParse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out var step) ? step : null;

    private double? ParsedFrom(string line)
    {
        try
        {
            return _regex.Match(line) is { Success: true, Groups.Count: > 1 } match
                && double.TryParse(match.Groups[1].ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                    ? Math.Abs(value) switch
                    {
                        1e-301 => double.NaN,
                        1e301 => double.CopySign(double.PositiveInfinity, value),
                        _ => value,
                    }
                    : null;
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"\bstep=(\d+)")]
    private static partial Regex StepPattern();

    [GeneratedRegex(@"(?<![A-Za-z0-9_])(nan|inf|infinity)(?![A-Za-z0-9_])", RegexOptions.IgnoreCase)]
    private static partial Regex NoNumber();
}
