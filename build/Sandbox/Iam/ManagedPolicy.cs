using System.Text.Json.Serialization;

namespace BuildPipeline.Sandbox.Iam;

/// <summary>A managed policy of the account, as it is stored.</summary>
/// <param name="Versions">The oldest first; at least one.</param>
/// <param name="DefaultVersion">Id of the version that counts.</param>
internal sealed record ManagedPolicy(string Name, string Path, string Arn, string Id, DateTimeOffset Created, IReadOnlyList<PolicyVersion> Versions, string DefaultVersion)
{
    public string? Description { get; init; }

    /// <summary>When a version was last created.</summary>
    public DateTimeOffset Updated { get; init; } = Created;

    /// <summary>Number of the version that was created last.</summary>
    public int LastVersion { get; init; } = 1;

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>The document that counts.</summary>
    [JsonIgnore]
    public string Document => Versions.Single(version => version.Id == DefaultVersion).Document;
}

/// <param name="Id">For example <c>v1</c>; an id is never given again.</param>
internal sealed record PolicyVersion(string Id, string Document, DateTimeOffset Created);
