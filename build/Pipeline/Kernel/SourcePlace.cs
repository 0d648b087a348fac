namespace BuildPipeline.Kernel;

/// <summary>A line of a file that a failure is about.</summary>
/// <param name="File">The file; of one in the repository, its path there with forward slashes.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Message">What is wrong there.</param>
public sealed record SourcePlace(string File, int Line, string Message);
