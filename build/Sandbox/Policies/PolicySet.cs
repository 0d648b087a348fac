namespace BuildPipeline.Sandbox.Policies;

/// <summary>The policies that decide on a request together.</summary>
/// <param name="Identity">Of the caller's role.</param>
/// <param name="Boundary">Null if the role has none.</param>
/// <param name="Session">Null if the session has none.</param>
/// <param name="Resource">Null for resources of the caller's account that have no policy.</param>
internal sealed record PolicySet(
    IReadOnlyList<PolicyDocument> Identity, PolicyDocument? Boundary = null, PolicyDocument? Session = null, ResourcePolicy? Resource = null)
{
    public IEnumerable<PolicyDocument> All =>
        Identity.Concat(new[] { Boundary, Session, Resource?.Document }.OfType<PolicyDocument>());
}

/// <summary>The policy of what is asked for.</summary>
/// <param name="Document">Null if there is none.</param>
/// <param name="Account">Id of the account that owns the resource.</param>
/// <param name="Decides">True for keys and roles: in their account, too, nobody has access that this policy gives neither to him nor to the account.</param>
internal sealed record ResourcePolicy(PolicyDocument? Document, string Account, bool Decides = false);
