namespace BuildPipeline.Tracking;

/// <summary>How one MLflow server is reached.</summary>
public interface IMlflowAccess
{
    /// <summary>As messages name the server; without credentials.</summary>
    string Name { get; }

    /// <summary>Scheme, host and port, as of now.</summary>
    Uri Root { get; }

    /// <summary>What to set where the server refuses the login.</summary>
    string LoginHint { get; }

    /// <summary>The page of a run; null if the server's pages need a login of their own.</summary>
    string? PageOf(string experimentId, string runId);

    /// <summary>Adds the login to a request whose other members are final.</summary>
    /// <param name="request">The request.</param>
    /// <param name="body">Its body; empty if it has none.</param>
    Task AuthorizeAsync(HttpRequestMessage request, byte[] body, CancellationToken cancellationToken);
}
