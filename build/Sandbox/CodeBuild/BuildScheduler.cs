using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Authorization;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.CodeBuild;

/// <summary>Starts and stops builds. A build that an earlier process of the sandbox left is over.</summary>
internal sealed class BuildScheduler(PerRegion<BuildStore> stores, BuildHost host) : IHostedService, IKeepsAlive, ISandboxInventory, IProjects, IDisposable
{
    private readonly ConcurrentDictionary<string, (BuildExecution Execution, Task Run)> _running = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _shutdown = new();

    public string Name => "builds";

    public bool Busy => !_running.IsEmpty;

    public JsonNode? Describe() => new JsonArray([.. stores.All.SelectMany(store => store.Builds.All).OrderBy(build => build.Start)
        .Select(build => new JsonObject { ["id"] = build.Id, ["initiator"] = build.Initiator, ["status"] = build.Status.ToString() })]);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var store in stores.All)
        {
            foreach (var build in store.Builds.All.Where(build => !build.IsOver))
            {
                store.Builds.Update(build.Id, one => one.Finish(BuildStatus.Fault, host.Time.GetUtcNow(), "INTERNAL_SERVICE_ERROR", "The sandbox was ended."));
            }
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void StartBuild(string projectArn, Caller caller, string initiator)
    {
        var region = projectArn.Split(':')[3];
        host.Authorizer.Require("codebuild", caller, new Permission("codebuild:StartBuild", projectArn), region);
        Start(region, ProjectOperations.NameOf(projectArn), initiator);
    }

    /// <exception cref="AwsError">There is no such project, or as many builds as it allows are in progress.</exception>
    public Build Start(string region, string project, string initiator)
    {
        var store = stores.In(region);
        var build = store.Start(project, found =>
        {
            var (id, now) = ($"{found.Name}:{Guid.NewGuid()}", host.Time.GetUtcNow());
            return new Build(id, host.Settings.Arn("codebuild", region, $"build/{id}"), found.Builds, found, initiator, now).Enter("SUBMITTED", now);
        });
        var execution = new BuildExecution(host, store, build, region);
        var known = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _running[build.Arn] = (execution, RunAsync(execution, build.Arn, known.Task));
        known.SetResult();
        return build;
    }

    /// <summary>Ends a build; one that is over stays as it is.</summary>
    /// <exception cref="AwsError">There is no such build.</exception>
    public Build Stop(string region, string id)
    {
        var build = stores.In(region).Builds.Find(id) ?? throw CodeBuildErrors.NoBuild(id);
        if (_running.TryGetValue(build.Arn, out var running))
        {
            running.Execution.Stop();
        }

        return build;
    }

    /// <summary>Waits until no build is in progress.</summary>
    public Task WhenIdleAsync() => Task.WhenAll(_running.Values.Select(running => running.Run));

    /// <summary>Ends all builds.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _shutdown.CancelAsync();
        await WhenIdleAsync().WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _shutdown.Dispose();

    private async Task RunAsync(BuildExecution execution, string arn, Task known)
    {
        await known;
        await execution.RunAsync(_shutdown.Token);
        _running.TryRemove(arn, out _);
        execution.Dispose();
    }
}
