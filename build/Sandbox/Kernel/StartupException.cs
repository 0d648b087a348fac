namespace BuildPipeline.Sandbox.Kernel;

/// <summary>The sandbox cannot start; the message is one sentence for whoever started it.</summary>
internal sealed class StartupException(string message) : Exception(message);
