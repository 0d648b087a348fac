namespace BuildPipeline.JobLogs;

/// <summary>One value of a metric in a job's log.</summary>
/// <param name="Name">The metric's name; of another node than the first, with its name behind: <c>train:loss.algo-2</c>.</param>
/// <param name="Step">The training step that the line names; where it names none, the last one before it in its log stream, and 0 before the first.</param>
/// <param name="At">When the line was written, to the millisecond.</param>
/// <param name="Value">The value; it can be NaN or infinite.</param>
public sealed record MetricPoint(string Name, long Step, DateTimeOffset At, double Value);
