using System.Net.Http.Headers;
using System.Text;

namespace BuildPipeline.Tracking;

/// <summary>A server by its address, with the login that MLflow's own clients take from the environment. It is read for each request, and never recorded or shown.</summary>
/// <param name="server">The server.</param>
/// <param name="prefix">Start of the variables' names, <c>MLFLOW_TRACKING</c> for MLflow's own.</param>
/// <param name="environment">Reads an environment variable.</param>
public sealed class PlainMlflowAccess(PlainMlflow server, string prefix, Func<string, string?> environment) : IMlflowAccess
{
    /// <inheritdoc/>
    public string Name => Root.ToString().TrimEnd('/');

    /// <inheritdoc/>
    public Uri Root => server.Root;

    /// <inheritdoc/>
    public string LoginHint => $"Set {prefix}_TOKEN, or {prefix}_USERNAME and {prefix}_PASSWORD.";

    /// <inheritdoc/>
    public string PageOf(string experimentId, string runId) => $"{Name}/#/experiments/{experimentId}/runs/{runId}";

    /// <inheritdoc/>
    public Task AuthorizeAsync(HttpRequestMessage request, byte[] body, CancellationToken cancellationToken)
    {
        // As in MLflow's client, user and password come before a token.
        if (Read("_USERNAME") is { } user && Read("_PASSWORD") is { } password)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
        }
        else if (Read("_TOKEN") is { } token)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return Task.CompletedTask;
    }

    private string? Read(string suffix) => environment(prefix + suffix) is { Length: > 0 } value ? value : null;
}
