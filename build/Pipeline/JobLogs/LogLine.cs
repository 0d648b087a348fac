namespace BuildPipeline.JobLogs;


/// <summary>One line of a node's log.</summary>
/// <param name="Host">The node, for example <c>algo-1</c>.</param>
/// <param name="Attempt">1 for the node's first log stream; each restart adds a stream.</param>
/// <param name="Text">The line.</param>
/// <param name="At">When it was written; null if the service does not say.</param>
public sealed record LogLine(string Host, int Attempt, string Text, DateTimeOffset? At = null);
