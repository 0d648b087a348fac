using BuildPipeline.Accounts;
using BuildPipeline.Jobs;

namespace BuildPipeline.Tracking;

/// <summary>Makes the trackers that a job's settings name.</summary>
/// <param name="account">The account, which signs for SageMaker's managed MLflow.</param>
/// <param name="environment">Reads an environment variable.</param>
public sealed class Trackers(IAccount account, Func<string, string?> environment) : IDisposable
{
    /// <summary>A tracker must not hold up a run: one request may last this long.</summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    // A login must not follow a redirection to another host.
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(5) }) { Timeout = AnswerLimit };

    /// <summary>The file of the run, and each MLflow server.</summary>
    /// <param name="tracking">The settings; null is none.</param>
    /// <param name="file">Absolute path of the run's file.</param>
    public IReadOnlyList<ITracker> Create(TrackingSpec? tracking, string file) =>
        [new JsonLinesTracker(file), .. (tracking?.MlflowServers ?? []).Select(server => new MlflowTracker(new MlflowClient(_http, AccessOf(server)), server.Experiment))];

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private IMlflowAccess AccessOf(MlflowServerSpec server) => MlflowAddress.Parse(server.Uri) switch
    {
        ManagedMlflow managed => new ManagedMlflowAccess(managed, account),
        PlainMlflow plain => new PlainMlflowAccess(plain, server.EnvironmentPrefix, environment),
        _ => throw new ArgumentException($"{server.Uri} is not the address of an MLflow server.", nameof(server)),
    };
}
