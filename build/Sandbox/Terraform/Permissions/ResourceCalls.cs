using BuildPipeline.Sandbox.Authorization;

namespace BuildPipeline.Sandbox.Terraform.Permissions;

/// <summary>What the provider's calls for a resource have to be allowed.</summary>
internal delegate IEnumerable<Permission> CallsOf(ResourceRequest request);

/// <summary>What the provider does with a resource. After it has created or updated one it reads it, so those two need what reading needs, too.</summary>
internal sealed record ResourceCalls(CallsOf Create, CallsOf Read, CallsOf Update, CallsOf Delete)
{
    /// <summary>Calls that each need an action of one resource.</summary>
    public static CallsOf On(Func<ResourceRequest, string> arn, params string[] actions) =>
        request => actions.Select(action => new Permission(action, arn(request)));

    /// <summary>Calls that each need an action without a resource.</summary>
    public static CallsOf OnAll(params string[] actions) => On(_ => "*", actions);

    /// <summary>One after the other.</summary>
    public static CallsOf All(params CallsOf[] calls) => request => calls.SelectMany(call => call(request));

    /// <summary>No call, or one that everybody may make.</summary>
    public static IEnumerable<Permission> None(ResourceRequest request) => [];
}
