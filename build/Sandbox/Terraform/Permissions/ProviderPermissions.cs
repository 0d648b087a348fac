using BuildPipeline.Sandbox.Authorization;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.Terraform.Rules;
using static BuildPipeline.Sandbox.Terraform.Permissions.ResourceCalls;

namespace BuildPipeline.Sandbox.Terraform.Permissions;

/// <summary>What terraform does with a resource.</summary>
internal enum ResourceOperation
{
    Create,
    Read,
    Update,
    Delete,
}

/// <summary>
/// Holds what a session does through terraform against its policies, before anything happens: all that the provider would call for an operation is
/// allowed, or nothing is done. AWS would leave the calls before the refused one done.
/// </summary>
/// <remarks>
/// Read in the source of hashicorp/terraform-provider-aws (internal/service, versions 5 and 6): the calls for VPCs and their endpoints, default security
/// groups, KMS keys, buckets, SNS topics and log groups, and in part those for roles and budgets. The calls for the other types, and which action on
/// which resource a call needs, are from knowledge of AWS, and were not checked against its Service Authorization Reference.
/// </remarks>
internal sealed class ProviderPermissions(Authorizer authorizer, TimeProvider time)
{
    private static readonly Dictionary<string, ResourceCalls> Resources =
        new[] { BucketCalls.All, NetworkCalls.All, IdentityCalls.All, NoticeCalls.All }.SelectMany(family => family).ToDictionary(StringComparer.Ordinal);

    private static readonly Dictionary<string, CallsOf> Sources = NetworkCalls.Sources
        .Concat(new[] { "aws_caller_identity", "aws_iam_policy_document", "aws_partition", "aws_region", "aws_service_principal" }
            .Select(type => KeyValuePair.Create(type, (CallsOf)None)))
        .ToDictionary(StringComparer.Ordinal);

    /// <summary>What an operation on a resource has to be allowed; null for a type that nobody has listed.</summary>
    public static IEnumerable<Permission>? Of(string type, ResourceOperation operation, ResourceRequest request) =>
        Resources.GetValueOrDefault(type) is not { } calls ? null : operation switch
        {
            ResourceOperation.Create => calls.Create(request).Concat(calls.Read(request).Select(request.OnNew)),
            ResourceOperation.Update => calls.Update(request).Concat(calls.Read(request)),
            ResourceOperation.Read => calls.Read(request),
            _ => calls.Delete(request),
        };

    /// <summary>Refuses an operation on a resource that the session's policies do not allow.</summary>
    /// <param name="session">Null for the account's administrator, whom no policy limits.</param>
    /// <exception cref="ResourceError">They do not, the session is over, or nobody knows what the type needs.</exception>
    public void Require(Caller? session, string type, ResourceOperation operation, ResourceRequest request)
    {
        if (session is not null)
        {
            Require(session, request.Region, $"{DoingOf(operation)} {type}", Of(type, operation, request));
        }
    }

    /// <summary>Refuses a data source that the session's policies do not let it read.</summary>
    /// <inheritdoc cref="Require(Caller?, string, ResourceOperation, ResourceRequest)"/>
    public void RequireSource(Caller? session, string type, ResourceRequest request)
    {
        if (session is not null)
        {
            Require(session, request.Region, $"reading data source {type}", Sources.GetValueOrDefault(type)?.Invoke(request));
        }
    }

    private void Require(Caller session, string region, string doing, IEnumerable<Permission>? permissions)
    {
        if (session.Session!.ExpiresAt <= time.GetUtcNow())
        {
            throw ResourceError.FromApi(doing, "STS: GetCallerIdentity", 403, "ExpiredToken", "The security token included in the request is expired");
        }

        foreach (var permission in permissions ?? throw new ResourceError(
            $"{doing}: the sandbox does not know what it has to be allowed", "It refuses this to sessions of roles. The account's administrator may do it."))
        {
            try
            {
                authorizer.Require(permission.Action.Split(':')[0], session, permission with { For = doing }, region);
            }
            catch (AwsError error)
            {
                throw ResourceError.FromApi(doing, permission.Action, error.Status, error.Code, error.Message);
            }
        }
    }

    private static string DoingOf(ResourceOperation operation) => operation switch
    {
        ResourceOperation.Create => "creating",
        ResourceOperation.Read => "reading",
        ResourceOperation.Update => "updating",
        _ => "deleting",
    };
}
