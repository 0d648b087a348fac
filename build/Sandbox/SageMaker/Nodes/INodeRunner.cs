namespace BuildPipeline.Sandbox.SageMaker.Nodes;

/// <summary>Starts the programs of nodes.</summary>
internal interface INodeRunner
{
    /// <summary>What a program is kept in.</summary>
    NodeIsolation Isolation { get; }

    /// <summary>A network for the nodes of one attempt, on which they reach each other and nothing else; null where it cannot be had.</summary>
    INodeNetwork? OpenNetwork();

    /// <summary>Starts the program of one node.</summary>
    /// <param name="line">Called with each line that the program writes, to whichever of its outputs.</param>
    INode Start(NodeLaunch launch, Action<string> line);
}

/// <summary>What to start.</summary>
/// <param name="FileName">The program, as it sees itself: its path, or a name on its PATH.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="WorkingFolder">The node's folder, which a program sees as <c>/opt/ml</c> where the runner can mount it there.</param>
/// <param name="Environment">All of the program's environment but what a runner needs to start any program.</param>
internal sealed record NodeLaunch(
    string FileName, IReadOnlyList<string> Arguments, string WorkingFolder, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>The <see cref="INodeNetwork.Process"/> of the network that the program is to be in; null is the machine's.</summary>
    public int? Network { get; init; }
}

/// <summary>A network that nodes share.</summary>
internal interface INodeNetwork : IDisposable
{
    /// <summary>Id of the process that holds it.</summary>
    int Process { get; }
}

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
