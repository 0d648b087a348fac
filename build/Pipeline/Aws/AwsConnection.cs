namespace BuildPipeline.Aws;

/// <summary>Where AWS is: the real one, or the sandbox on loopback.</summary>
/// <param name="Region">AWS region.</param>
/// <param name="Endpoint">The sandbox's address; null is the real AWS.</param>
public sealed record AwsConnection(string Region, Uri? Endpoint)
{
    /// <summary>True where nothing can be billed.</summary>
    public bool IsSandbox => Endpoint is not null;
}
