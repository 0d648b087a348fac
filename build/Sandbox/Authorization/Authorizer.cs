using System.Globalization;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Policies;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Authorization;

/// <summary>Holds what sessions of roles ask for against the policies of the role and of the resource. Users are not limited: they are the account's administrators.</summary>
internal sealed class Authorizer(
    RolePolicies roles, IEnumerable<IResourceFacts> resources, AuthorizationLog log, SandboxSettings settings, TimeProvider time) : ICallerPolicies
{
    private const string ResourceTag = "aws:ResourceTag/";

    private static readonly HashSet<string> OfTheSession = new(StringComparer.OrdinalIgnoreCase) { "aws:userid", "aws:TokenIssueTime" };

    public void Require(string service, string operation, AwsCall call)
    {
        var asked = new OperationCall(service, operation, call.Input, call.Region, settings.AccountId);
        foreach (var permission in PermissionTable.Of(asked))
        {
            Require(service, call.Caller!, permission, call.Region);
        }
    }

    /// <summary>Refuses what the policies of the caller and of the resource, as the account has it, do not allow.</summary>
    /// <param name="service">The service that answers: it words the refusal.</param>
    /// <exception cref="AwsError">The policies do not allow it.</exception>
    public void Require(string service, Caller caller, Permission permission, string region)
    {
        var facts = roles.FactsOf(permission) ?? resources.Select(part => part.Find(permission.Resource)).FirstOrDefault(found => found is not null && (found.Arn is null || permission.ByName));
        var policy = facts?.Policy is { } text ? PolicyOf(text, settings.AccountId, decides: facts.PolicyDecides) : null;
        Require(service, caller, WithFacts(permission, facts), region, policy);
    }

    /// <summary>Refuses what the policies do not allow.</summary>
    /// <param name="service">The service that answers: it words the refusal.</param>
    /// <param name="policy">Of the resource; null if it has none.</param>
    /// <exception cref="AwsError">The policies do not allow it.</exception>
    public void Require(string service, Caller caller, Permission permission, string region, ResourcePolicy? policy)
    {
        var (request, decision) = Decide(caller, permission, region, policy);
        if (!decision.IsAllowed)
        {
            throw AuthorizationErrors.Of(service, decision.MessageFor(request));
        }
    }

    /// <summary>Decides, and records it.</summary>
    /// <param name="others">Keys that would make every record another one, for example of a digest.</param>
    public (PolicyRequest Request, PolicyDecision Decision) Decide(
        Caller caller, Permission permission, string region, ResourcePolicy? policy, PolicyValues? others = null)
    {
        var own = caller.PolicyKeys;
        var keys = KeysOf(own, permission, region, policy);
        var request = new PolicyRequest(permission.Action, permission.Resource, PolicyPrincipal.Of(caller), key =>
            keys.TryGetValue(key, out var values) ? values : OfTheMoment(own, key) is { } value ? [value] : others?.Invoke(key) ?? []);
        var decision = PolicyEvaluator.Decide(request, roles.Of(caller) with { Resource = policy });
        log.Add(caller.PrincipalArn, request, keys, decision, permission.For);
        return (request, decision);
    }

    /// <summary>The compiled policy of a resource.</summary>
    /// <param name="decides">True for keys and roles.</param>
    public ResourcePolicy PolicyOf(string text, string account, PolicyKind kind = PolicyKind.Resource, bool decides = false) =>
        new(roles.Compile(text, kind), account, decides);

    private static Permission WithFacts(Permission permission, ResourceFacts? facts) => facts is null ? permission : facts.Tags
        .Aggregate(permission with { Resource = facts.Arn ?? permission.Resource }, (with, tag) => with.With(ResourceTag + tag.Key, tag.Value))
        .With(RolePolicies.BoundaryKey, facts.Boundary);

    /// <summary>The keys that two equal requests have in common. The sandbox is on loopback: its requests count as sent over TLS.</summary>
    private Dictionary<string, IReadOnlyList<string>> KeysOf(IReadOnlyDictionary<string, string> own, Permission permission, string region, ResourcePolicy? policy)
    {
        var keys = new Dictionary<string, IReadOnlyList<string>>(StringComparer.OrdinalIgnoreCase)
        {
            ["aws:RequestedRegion"] = [region],
            ["aws:SecureTransport"] = ["true"],
            ["aws:SourceIp"] = ["127.0.0.1"],
            ["aws:ViaAWSService"] = ["false"],
            ["aws:ResourceAccount"] = [policy?.Account ?? settings.AccountId],
        };
        foreach (var (key, value) in own.Where(key => !OfTheSession.Contains(key.Key)))
        {
            keys[key] = [value];
        }

        foreach (var (key, values) in permission.Keys)
        {
            keys[key] = values;
        }

        return keys;
    }

    private string? OfTheMoment(IReadOnlyDictionary<string, string> own, string key) =>
        key.Equals("aws:CurrentTime", StringComparison.OrdinalIgnoreCase) ? time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
        : key.Equals("aws:EpochTime", StringComparison.OrdinalIgnoreCase) ? time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)
        : own.GetValueOrDefault(key);
}
