using System.Reflection;

namespace BuildPipeline.Sandbox.Tests.Support;

/// <summary>
/// Sandbox.dll on a state folder, in this process: its own main function with its own endpoints, as in a process of its own, but what it
/// runs is compiled once for all sandboxes of the tests. A test that kills it, or looks at its process, needs one of its own.
/// </summary>
public sealed class HostedSandbox : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly MethodInfo Main = Load();

    private readonly Task<int> _main;

    private HostedSandbox(Task<int> main, RunningSandbox running) => (_main, Running) = (main, running);

    public RunningSandbox Running { get; }

    /// <summary>Starts a sandbox and waits until it listens.</summary>
    public static async Task<HostedSandbox> StartAsync(string stateFolder, params string[] options)
    {
        string[] arguments = [$"--sandbox-state={stateFolder}", "--idle-minutes=0", .. options];
        var main = Task.Factory.StartNew(() => (int)Main.Invoke(null, [arguments])!, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var started = TimeProvider.System.GetTimestamp();
        while (!File.Exists(RunningSandbox.FileIn(stateFolder)))
        {
            if (main.IsCompleted || TimeProvider.System.GetElapsedTime(started) > Limit)
            {
                throw new InvalidOperationException($"The sandbox did not start: {(main.IsCompleted ? $"it ended with {await main}" : "no endpoint.json")}.");
            }

            await Task.Delay(10);
        }

        return new(main, RunningSandbox.In(stateFolder));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_main.IsCompleted)
        {
            await Running.ShutDownAsync();
        }

        await _main.WaitAsync(Limit);
    }

    // Its requests are answered while tests block threads of the same pool.
    private static MethodInfo Load()
    {
        ThreadPool.SetMinThreads(32, 32);
        return Assembly.Load("Sandbox").EntryPoint!;
    }
}
