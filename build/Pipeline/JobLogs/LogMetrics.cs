using BuildPipeline.Jobs;

namespace BuildPipeline.JobLogs;

/// <summary>The newest figures that a job's own metric definitions find in its log.</summary>
internal sealed class LogMetrics
{
    private readonly MetricPattern? _loss;
    private readonly MetricPattern? _tokensPerSecond;

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
        if (_loss?.ValueIn(line) is not { } loss)
        {
            return;
        }

        Loss = loss;
        TokensPerSecond = _tokensPerSecond?.ValueIn(line) ?? TokensPerSecond;
        Step = MetricPattern.StepIn(line) ?? Step;
    }

    private static MetricPattern? PatternOf(TrainingJobSpec job, string name) =>
        job.MetricDefinitions.FirstOrDefault(metric => metric.Name == name) is { } definition ? new MetricPattern(definition) : null;
}
