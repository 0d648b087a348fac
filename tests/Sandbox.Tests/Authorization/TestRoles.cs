using BuildPipeline.Sandbox.Authorization;
using BuildPipeline.Sandbox.Iam;
using BuildPipeline.Sandbox.Identity;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Tests.Authorization;

/// <summary>An account with the roles, keys and resources of a test.</summary>
internal sealed class TestRoles : IIdentityPolicies, IKeyPolicies, IResourceFacts
{
    public const string Account = "000000000000";
    public const string Arn = $"arn:aws:iam::{Account}:role/launch";

    /// <summary>The identity provider that the account trusts.</summary>
    public const string Issuer = "issuer.example";
    public const string GitHub = "token.actions.githubusercontent.com";

    private readonly Dictionary<string, RoleAccess> _roles = [];

    public AuthorizationLog Log { get; } = new();

    /// <summary>Tags and policies of resources by their ARNs.</summary>
    public Dictionary<string, ResourceFacts> Resources { get; } = [];

    /// <summary>Policies of keys by their ARNs.</summary>
    public Dictionary<string, string> Keys { get; } = [];

    /// <summary>Gives the role a policy of these statements; without any, it has none.</summary>
    /// <param name="trust">Statements of its trust policy.</param>
    public TestRoles With(string? statements, string role = Arn, string trust = "")
    {
        IdentityPolicy[] policies = statements is null ? [] : [new IdentityPolicy("own", $"{{\"Version\":\"2012-10-17\",\"Statement\":[{statements.Replace('\'', '"')}]}}")];
        _roles[role] = new RoleAccess(role, "AROATEST", $"{{\"Statement\":[{trust.Replace('\'', '"')}]}}", 3600, new Dictionary<string, string>(), policies, Boundary: null);
        return this;
    }

    /// <summary>A session of the role.</summary>
    public static Caller Session(string account = Account, params (string Key, string Value)[] tags) => new(
        "ASIATEST", account, $"arn:aws:sts::{account}:assumed-role/launch/ci", "AROATEST:ci",
        new RoleSession($"arn:aws:iam::{account}:role/launch", "ci", default, default, tags.ToDictionary(tag => tag.Key, tag => tag.Value), []));

    public Authorizer Authorizer(TimeProvider? time = null)
    {
        var settings = new SandboxSettings("", Account);
        return new Authorizer(new RolePolicies(this, settings), [this], Log, settings, time ?? TimeProvider.System);
    }

    public SecurityTokenService Sts(Sessions sessions, TimeProvider time) => new(sessions, new RoleTrust(this, Authorizer(time), new SandboxSettings("", Account)), time);

    public RoleAccess? Find(string roleArn) => _roles.GetValueOrDefault(roleArn);

    public TrustedProvider? FindProvider(string issuer) =>
        issuer.Split("://") is ["https", Issuer or GitHub] ? new TrustedProvider($"arn:aws:iam::{Account}:oidc-provider/{issuer["https://".Length..]}", ["sts.amazonaws.com"]) : null;

    public KeyAccess? FindKey(string name) => Keys.TryGetValue(name, out var policy) ? new KeyAccess(name, policy) : null;

    ResourceFacts? IResourceFacts.Find(string arn) => Resources.GetValueOrDefault(arn);
}
