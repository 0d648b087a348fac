using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Policies;

/// <summary>How a resource's policy means a caller. Each grants more than the one before it.</summary>
internal enum PrincipalMatch
{
    /// <summary>It does not.</summary>
    None,

    /// <summary>As one of its account: the account's own policies decide.</summary>
    Account,

    /// <summary>As everybody, or by the role: what limits the role limits the grant.</summary>
    Role,

    /// <summary>By the name of the session or user: nothing that does not deny limits the grant.</summary>
    Itself,
}

/// <summary>Who asks.</summary>
/// <param name="Kind">As policies have it: <c>AWS</c>, <c>Service</c> or <c>Federated</c>.</param>
/// <param name="Name">ARN of the user or session, name of the service, ARN or name of the identity provider; <c>anonymous</c> without credentials.</param>
/// <param name="Account">Id of the caller's account; null for all who have none.</param>
/// <param name="RoleArn">Role of a session; null for others.</param>
internal sealed record PolicyPrincipal(string Kind, string Name, string? Account = null, string? RoleArn = null)
{
    /// <summary>Anybody, without credentials.</summary>
    public static PolicyPrincipal Anonymous { get; } = new(PrincipalName.Aws, "anonymous");

    /// <summary>The account's id in S3's lists of access; null where no policy knows it.</summary>
    public string? CanonicalUser { get; init; }

    /// <summary>A user, or a session of a role.</summary>
    public static PolicyPrincipal Of(Caller caller) => new(PrincipalName.Aws, caller.Arn, caller.Account, caller.Session?.RoleArn);

    public static PolicyPrincipal Service(string name) => new(PrincipalName.OfService, name);

    public PrincipalMatch MatchOf(PrincipalName name) => name switch
    {
        { Name: "*" } when name.Kind == PrincipalName.Aws || name.Kind == Kind => RoleArn is null ? PrincipalMatch.Itself : PrincipalMatch.Role,
        { Kind: PrincipalName.OfCanonicalUser } => name.Name == CanonicalUser ? PrincipalMatch.Account : PrincipalMatch.None,
        _ when name.Kind != Kind => PrincipalMatch.None,
        _ when name.Name == Name => PrincipalMatch.Itself,
        _ when name.Name == RoleArn => PrincipalMatch.Role,
        _ => Account is not null && name.Account == Account ? PrincipalMatch.Account : PrincipalMatch.None,
    };

    /// <summary>
    /// Whether a NotPrincipal excepts the caller: AWS asks for the account, the role and the session one after the other, so each has to be named.
    /// </summary>
    public bool IsExceptedBy(IReadOnlyList<PrincipalName> names)
    {
        var matches = names.Select(name => (Name: name.Name, Match: MatchOf(name))).Where(match => match.Match != PrincipalMatch.None).ToList();
        return matches.Exists(match => match.Name == "*")
            || (matches.Exists(match => match.Match == PrincipalMatch.Itself)
                && (RoleArn is null || matches.Exists(match => match.Match == PrincipalMatch.Role))
                && (Account is null || matches.Exists(match => match.Match == PrincipalMatch.Account)));
    }
}
