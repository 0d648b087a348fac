namespace BuildPipeline.Kernel;

/// <summary>One error as its reader can look it up in <c>docs/reference/errors.md</c>, which is generated from these.</summary>
/// <param name="Id">For example <c>BP1203</c>. Never changed and never given to another error: scripts and tests rely on it.</param>
/// <param name="ExitCode">What the process ends with.</param>
/// <param name="Meaning">What is wrong, in general; the message has the values.</param>
/// <param name="Remedy">What to do.</param>
public sealed record ErrorCode(string Id, ExitCode ExitCode, string Meaning, string Remedy);
