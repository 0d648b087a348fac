using System.Text.Json.Nodes;

namespace BuildPipeline.Sandbox.Protocols;

/// <summary>One call to a service whose inputs and outputs are plain documents.</summary>
/// <param name="Input">The request; timestamps are seconds since 1970.</param>
/// <param name="Region">Region that the request was signed for.</param>
/// <param name="Caller">Who asks; null for anybody, without credentials.</param>
/// <param name="Policies">What limits sessions of roles; null where the caller is none.</param>
internal sealed record AwsCall(JsonObject Input, string Region, Caller? Caller, ICallerPolicies? Policies = null)
{
    /// <summary>The time that a list is of, where a planned fault delays it; null is now.</summary>
    public DateTimeOffset? ListsUntil { get; init; }

    /// <summary>The call that a request is.</summary>
    public static AwsCall Of(HttpContext context, JsonObject input)
    {
        var scope = AwsScope.Current(context);
        return new AwsCall(input, scope.Region, scope.Caller, context.Features.Get<ICallerPolicies>()) { ListsUntil = context.Features.Get<ListingDelay>()?.Until };
    }

    /// <summary>Holds the call against the caller's policies. To be done once its input is checked, and before it has an effect.</summary>
    /// <param name="service">Name of the service's model.</param>
    /// <exception cref="AwsError">The caller is a session of a role whose policies do not allow it.</exception>
    public void Authorize(string service, string operation)
    {
        // Users have all rights in their account. A session without policies would have them, too.
        if (Caller?.Session is not null)
        {
            (Policies ?? throw new InvalidOperationException($"Nobody said which policies limit {Caller.Arn}.")).Require(service, operation, this);
        }
    }
}

/// <summary>Answers one call; null is an empty answer. Refusals are <see cref="Protocols.AwsError"/>.</summary>
internal delegate Task<JsonObject?> AwsOperation(AwsCall call);
