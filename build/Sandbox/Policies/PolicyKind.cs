namespace BuildPipeline.Sandbox.Policies;

/// <summary>What a policy is attached to: it decides what the policy has to have, and what it can do.</summary>
internal enum PolicyKind
{
    /// <summary>Of a role: it grants.</summary>
    Identity,

    /// <summary>The most that the identity-based policies of a role can grant.</summary>
    Boundary,

    /// <summary>The most that a session can do of what its role can.</summary>
    Session,

    /// <summary>Of a bucket, topic, key or the like: it grants to the principals that it names.</summary>
    Resource,

    /// <summary>Of a role: who may assume it.</summary>
    Trust,
}
