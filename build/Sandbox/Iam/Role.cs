namespace BuildPipeline.Sandbox.Iam;

/// <summary>A role, as it is stored.</summary>
/// <param name="Id">Unique: another role of the same name has another one.</param>
/// <param name="TrustPolicy">Policy document.</param>
internal sealed record Role(string Name, string Path, string Arn, string Id, DateTimeOffset Created, string TrustPolicy)
{
    public string? Description { get; init; }

    public int MaxSessionSeconds { get; init; } = 3600;

    /// <summary>ARN of the policy that is the permissions boundary; null for none.</summary>
    public string? Boundary { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>Documents of the inline policies by their names.</summary>
    public IReadOnlyDictionary<string, string> Inline { get; init; } = new Dictionary<string, string>();

    /// <summary>ARNs of the attached policies.</summary>
    public IReadOnlyList<string> Attached { get; init; } = [];
}
