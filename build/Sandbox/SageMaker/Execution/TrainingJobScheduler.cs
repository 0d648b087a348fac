using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.SageMaker.Jobs;

namespace BuildPipeline.Sandbox.SageMaker.Execution;

/// <summary>Runs all jobs that are not over, and takes those up again that an earlier sandbox process left.</summary>
internal sealed class TrainingJobScheduler(JobPlatform platform) : IHostedService, IKeepsAlive, ISandboxInventory, IDisposable
{
    private readonly ConcurrentDictionary<string, (JobExecution Execution, Task Run)> _running = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _shutdown = new();

    public string Name => "training_jobs";

    public bool Busy => platform.Stores.Jobs.Jobs.Any(job => !job.IsOver);

    public JsonNode? Describe() => new JsonArray([.. platform.Stores.Jobs.Jobs
        .OrderBy(job => job.CreationTime)
        .Select(job => new JsonObject { ["name"] = job.Name, ["region"] = job.Region, ["status"] = job.Status.ToString() })]);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        platform.Host.ClearTemporaryFolder();
        foreach (var job in platform.Stores.Jobs.Jobs.Where(job => !job.IsOver))
        {
            Run(job);
        }

        return Task.CompletedTask;
    }

    /// <summary>Starts to work on a job that has just been stored.</summary>
    public void Run(TrainingJob job)
    {
        var execution = new JobExecution(platform, job);
        _running[job.Arn] = (execution, execution.RunAsync(_shutdown.Token));
    }

    /// <summary>Asks a job that is in progress to stop.</summary>
    public void Stop(string arn) => _running[arn].Execution.Stop(Phase.Stopped);

    /// <summary>Lets go of a job that is over, once the work on it has ended too.</summary>
    public async Task ForgetAsync(string arn)
    {
        if (_running.TryRemove(arn, out var running))
        {
            await running.Run;
        }
    }

    /// <summary>Ends all programs; the jobs continue at the next start.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _shutdown.CancelAsync();
        await Task.WhenAll(_running.Values.Select(running => running.Run))
            .WaitAsync(cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _shutdown.Dispose();
}
