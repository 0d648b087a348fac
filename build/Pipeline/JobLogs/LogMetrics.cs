using System.Globalization;
using System.Text.RegularExpressions;
using BuildPipeline.Jobs;

namespace BuildPipeline.JobLogs;

/// <summary>The newest figures that a job's own metric definitions find in its log.</summary>
internal sealed partial class LogMetrics
{
    private static readonly TimeSpan LongestMatch = TimeSpan.FromMilliseconds(50);
    private readonly Regex? _loss;
    private readonly Regex? _tokensPerSecond;

    /// <summary>Reads with the patterns of a job.</summary>
    public LogMetrics(TrainingJobSpec job)
    {
        _loss = PatternOf(job, "train:loss");
        _tokensPerSecond = PatternOf(job, "tokens_per_second");
    }

    /// <summary>Last step that was reported.</summary>
    public int? Step { get; private set; }

    /// <summary>Last training loss.</summary>
    public double? Loss { get; private set; }

    /// <summary>Last throughput, tokens a second.</summary>
    public double? TokensPerSecond { get; private set; }

    /// <summary>Takes a line in.</summary>
    public void Read(string line)
    {
        // Lines on a checkpoint or a resume name a step too, but only those with a loss report one.
        if (ValueIn(_loss, line) is not { } loss)
        {
            return;
        }

        Loss = loss;
        TokensPerSecond = ValueIn(_tokensPerSecond, line) ?? TokensPerSecond;
        Step = StepPattern().Match(line) is { Success: true } match && int.TryParse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out var step)
            ? step
            : Step;
    }

    private static Regex? PatternOf(TrainingJobSpec job, string name)
    {
        if (job.MetricDefinitions.FirstOrDefault(metric => metric.Name == name) is not { } definition)
        {
            return null;
        }

        try
        {
            return new Regex(definition.Regex, RegexOptions.CultureInvariant, LongestMatch);
        }
        catch (ArgumentException exception)
        {
            throw new PipelineException(JobLogErrors.InvalidMetric,
                $"The regular expression of the metric {name} is not valid: {exception.Message}", exception);
        }
    }

    private static double? ValueIn(Regex? pattern, string line)
    {
        try
        {
            return pattern?.Match(line) is { Success: true, Groups.Count: > 1 } match
                && double.TryParse(match.Groups[1].ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                    ? value
                    : null;
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"\bstep=(\d+)")]
    private static partial Regex StepPattern();
}
