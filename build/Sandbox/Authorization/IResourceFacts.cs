namespace BuildPipeline.Sandbox.Authorization;

/// <summary>What policies ask of a resource.</summary>
/// <param name="Policy">Its own policy; null if it has none.</param>
internal sealed record ResourceFacts(IReadOnlyDictionary<string, string> Tags, string? Policy = null)
{
    /// <summary>True for a key: the policies of identities count only as far as its own policy lets them.</summary>
    public bool PolicyDecides { get; init; }

    /// <summary>The resource that the ARN stands for, as an alias does for a key; null where it is the resource itself.</summary>
    public string? Arn { get; init; }

    /// <summary>ARN of the permissions boundary of a role; null for a role without, and for all else.</summary>
    public string? Boundary { get; init; }
}

/// <summary>A part that has resources with tags or policies of their own.</summary>
internal interface IResourceFacts
{
    /// <returns>Null for a resource of others.</returns>
    ResourceFacts? Find(string arn);
}

/// <summary>A key of KMS and its policy.</summary>
internal sealed record KeyAccess(string Arn, string Policy);

/// <summary>The keys of the account and their policies.</summary>
internal interface IKeyPolicies
{
    /// <param name="name">Id, ARN or alias.</param>
    /// <returns>Null if the account has no such key, or AWS manages it: whoever may use the service that encrypts with it may use the key through it.</returns>
    KeyAccess? FindKey(string name);
}
