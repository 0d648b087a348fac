namespace BuildPipeline.Sandbox.SageMaker.Nodes;

/// <summary>Starts the program of one node.</summary>
internal interface INodeRunner
{
    /// <param name="line">Called with each line that the program writes, to whichever of its outputs.</param>
    INode Start(NodeLaunch launch, Action<string> line);
}

/// <summary>What to start.</summary>
/// <param name="Environment">All of the program's environment but what a runner needs to start any program.</param>
internal sealed record NodeLaunch(
    string FileName, IReadOnlyList<string> Arguments, string WorkingFolder, IReadOnlyDictionary<string, string> Environment);

/// <summary>A running node.</summary>
internal interface INode : IAsyncDisposable
{
    /// <summary>The exit code, once the program has ended and all its output has been read.</summary>
    Task<int> Exit { get; }

    /// <summary>Asks the program to end (SIGTERM).</summary>
    void Terminate();

    /// <summary>Ends the program and what it started (SIGKILL).</summary>
    void Kill();

    /// <summary>What the program uses, or null when it has ended.</summary>
    NodeUsage? Measure();
}

/// <param name="ProcessorTime">Since the start, over all cores.</param>
/// <param name="Memory">Bytes.</param>
internal sealed record NodeUsage(TimeSpan ProcessorTime, long Memory);
