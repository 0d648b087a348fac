using BuildPipeline.Sandbox.Policies;

namespace BuildPipeline.Sandbox.Tests.Policies;

/// <summary>Policies, a request and what AWS's documentation says comes of them.</summary>
/// <param name="Because">What the documentation says, in our words.</param>
/// <param name="Expected">Null for allowed; else the reason: for example <c>Identity</c> that nothing allows, <c>Identity!</c> that it denies.</param>
public sealed record PolicyCase(string Name, string Because, string? Expected)
{
    internal const string Account = "111122223333";
    internal const string OtherAccount = "444455556666";
    internal const string Role = $"arn:aws:iam::{Account}:role/launch";
    internal const string Session = $"arn:aws:sts::{Account}:assumed-role/launch/ci";
    internal const string Root = $"arn:aws:iam::{Account}:root";
    internal const string Bucket = "arn:aws:s3:::data";

    /// <summary>Statements of the role's policies, without their braces.</summary>
    public string? Identity { get; init; }

    public string? Boundary { get; init; }

    public string? SessionPolicy { get; init; }

    public string? Resource { get; init; }

    public string? Trust { get; init; }

    /// <summary>Owner of the resource.</summary>
    public string Owner { get; init; } = Account;

    /// <summary>Whether the resource is a key, whose policy decides.</summary>
    public bool IsKey { get; init; }

    public string Version { get; init; } = "2012-10-17";

    public string Action { get; init; } = "s3:GetObject";

    public string On { get; init; } = Bucket + "/blue/a";

    /// <summary><c>key=value</c>; a key with several values is there several times.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    internal PolicyPrincipal Principal { get; init; } = new("AWS", Session, Account, Role);

    public override string ToString() => Name;

    internal PolicyRequest Request => new(Action, On, Principal, ValuesOf(Keys));

    internal PolicySet Policies => new(
        Identity is null ? [] : [Parse(Identity, PolicyKind.Identity)],
        Boundary is null ? null : Parse(Boundary, PolicyKind.Boundary),
        SessionPolicy is null ? null : Parse(SessionPolicy, PolicyKind.Session),
        (Resource ?? Trust) is { } text
            ? new ResourcePolicy(Parse(text, Trust is null ? PolicyKind.Resource : PolicyKind.Trust), Owner, IsKey || Trust is not null)
            : Owner == Account ? null : new ResourcePolicy(null, Owner));

    internal static PolicyValues ValuesOf(IReadOnlyList<string> keys)
    {
        var values = keys.Select(key => key.Split('=', 2)).ToLookup(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
        return key => [.. values[key]];
    }

    private PolicyDocument Parse(string statements, PolicyKind kind) =>
        PolicyDocument.Parse($"{{\"Version\":\"{Version}\",\"Statement\":[{statements}]}}".Replace('\'', '"'), kind);
}
