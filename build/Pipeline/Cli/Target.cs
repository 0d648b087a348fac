namespace BuildPipeline.Cli;

/// <summary>A task as the command line names it.</summary>
/// <param name="DependsOn">Targets that run before it.</param>
public sealed record Target(string Name, string Description, IReadOnlyList<string> DependsOn);
