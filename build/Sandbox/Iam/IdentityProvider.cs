namespace BuildPipeline.Sandbox.Iam;

/// <summary>An OpenID Connect provider, as it is stored.</summary>
/// <param name="Url">Without the scheme.</param>
internal sealed record IdentityProvider(string Arn, string Url, DateTimeOffset Created)
{
    public IReadOnlyList<string> ClientIds { get; init; } = [];

    public IReadOnlyList<string> Thumbprints { get; init; } = [];

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();
}
