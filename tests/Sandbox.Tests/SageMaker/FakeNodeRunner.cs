using System.Collections.Concurrent;
using BuildPipeline.Sandbox.SageMaker.Nodes;

namespace BuildPipeline.Sandbox.Tests.SageMaker;

/// <summary>Nodes that do nothing but what a test tells them.</summary>
internal sealed class FakeNodeRunner : INodeRunner
{
    // A job starts its nodes while a test looks at those that there are.
    private readonly ConcurrentQueue<FakeNode> _started = new();

    public NodeIsolation Isolation { get; set; } = NodeIsolation.None;

    /// <summary>The networks that were opened.</summary>
    public List<FakeNetwork> Networks { get; } = [];

    /// <summary>All nodes that were started until now, in order.</summary>
    public IReadOnlyList<FakeNode> Nodes => [.. _started];

    /// <summary>The nodes of the newest attempt.</summary>
    public IReadOnlyList<FakeNode> Current => [.. Nodes.GroupBy(node => node.Attempt).Last()];

    public INodeNetwork? OpenNetwork()
    {
        if (!Isolation.Networks)
        {
            return null;
        }

        Networks.Add(new FakeNetwork(Networks.Count + 1));
        return Networks[^1];
    }

    public INode Start(NodeLaunch launch, Action<string> line)
    {
        var node = new FakeNode(launch, line);
        _started.Enqueue(node);
        return node;
    }
}

internal sealed class FakeNetwork(int process) : INodeNetwork
{
    public int Process => process;

    public bool IsDisposed { get; private set; }

    public void Dispose() => IsDisposed = true;
}

internal sealed class FakeNode(NodeLaunch launch, Action<string> line) : INode
{
    public const int KilledCode = 137;

    private readonly TaskCompletionSource<int> _exit = new();

    public Task<int> Exit => _exit.Task;

    public NodeLaunch Launch => launch;

    public string Root => launch.WorkingFolder;

    public string Attempt => Root.Split(Path.DirectorySeparatorChar).Single(part => part.StartsWith("attempt-", StringComparison.Ordinal));

    public bool Terminated { get; private set; }

    public bool Killed { get; private set; }

    /// <summary>What the program does at SIGTERM; by default nothing.</summary>
    public Action<FakeNode>? OnTerminate { get; set; }

    public void Write(string text) => line(text);

    public void End(int code) => _exit.TrySetResult(code);

    public void WriteFile(string name, string content)
    {
        var file = Path.Combine(Root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
    }

    public void Terminate()
    {
        Terminated = true;
        OnTerminate?.Invoke(this);
    }

    public void Kill()
    {
        Killed |= !Exit.IsCompleted;
        End(KilledCode);
    }

    public NodeUsage? Measure() => Exit.IsCompleted ? null : new NodeUsage(TimeSpan.FromSeconds(1), 1000);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
