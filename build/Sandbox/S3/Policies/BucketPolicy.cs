using System.Net;
using BuildPipeline.Sandbox.Policies;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.S3.Policies;

/// <summary>A bucket policy. Users have every access to the buckets of their account: what a policy allows changes answers to others, and to sessions of roles.</summary>
internal sealed record BucketPolicy(PolicyDocument Document)
{
    private static readonly string[] OfFewValues = ["StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike", "IpAddress"];

    private IReadOnlyList<PolicyStatement> Statements => Document.Statements;

    /// <exception cref="AwsError">MalformedPolicy.</exception>
    public static BucketPolicy Parse(string text)
    {
        try
        {
            return new BucketPolicy(PolicyDocument.Parse(text, PolicyKind.Resource));
        }
        catch (PolicySyntaxException refusal)
        {
            throw Malformed(refusal.Message);
        }
    }

    /// <summary>Holds a policy that is about to be put against S3's rules, and against what is evaluated here.</summary>
    /// <param name="bucket">Name of the bucket.</param>
    /// <param name="blocksPublic">Whether the bucket refuses policies that give access to everybody.</param>
    /// <exception cref="AwsError">MalformedPolicy, AccessDenied, or NotImplemented with the name of what is not evaluated.</exception>
    public void Check(string bucket, bool blocksPublic)
    {
        foreach (var statement in Statements)
        {
            if (!statement.IsDenial && statement.Principal!.IsNegated)
            {
                throw Malformed("Allow with NotPrincipal is not allowed");
            }

            if (!statement.Action.Names.All(action => action == "*" || action.StartsWith("s3:", StringComparison.OrdinalIgnoreCase)))
            {
                throw Malformed("Policy has invalid action");
            }

            if (!statement.Resource!.IsNegated && !statement.Resource.Names.All(resource => IsOf(resource, bucket)))
            {
                throw Malformed("Policy has invalid resource");
            }
        }

        var grants = Statements.Where(statement => !statement.IsDenial).ToList();
        if (grants.SelectMany(grant => grant.Principal!.Names).FirstOrDefault(name => !IsPrincipal(name.Name)) is { } unknown)
        {
            throw unknown.Kind == PrincipalName.OfService
                ? NotEvaluated($"access for the service '{unknown.Name}'")
                : Malformed("Invalid principal in policy");
        }

        if (blocksPublic && IsPublic)
        {
            throw new AwsError(
                403, "AccessDenied", "Access Denied: public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.");
        }

        if (Statements.SelectMany(statement => statement.Conditions).FirstOrDefault(condition => !PolicyKeys.IsKnown(condition.Key)) is { } condition)
        {
            throw NotEvaluated($"the condition '{condition.Operator.Name}' on '{condition.Key}'");
        }
    }

    /// <summary>True where the policy lets in more than a few callers, as S3 counts it.</summary>
    public bool IsPublic => Statements.Any(statement => !statement.IsDenial && IsForEverybody(statement));

    public bool Denies(PolicyRequest request) => Document.DenialOf(request) is not null;

    public bool Allows(PolicyRequest request) => Document.GrantOf(request) != PrincipalMatch.None;

    /// <summary>The ARN of a bucket, or of an object where there is a key.</summary>
    public static string ResourceOf(string bucket, string key) => $"arn:aws:s3:::{bucket}{(key.Length == 0 ? "" : "/" + key)}";

    // Everybody is meant and no condition limits that to a few: fixed values of a key that tells callers apart.
    private static bool IsForEverybody(PolicyStatement statement) => statement.Principal!.Names.Any(name => name.Name == "*") && !statement.Conditions.Any(IsOfFewCallers);

    private static bool IsOfFewCallers(PolicyCondition condition) =>
        OfFewValues.Contains(condition.Operator.Name) && PolicyKeys.OfFewCallers.Contains(condition.Key, StringComparer.OrdinalIgnoreCase)
        && !condition.Values.Any(value => value.Contains('*', StringComparison.Ordinal) || value.Contains('?', StringComparison.Ordinal) || IsBroad(value));

    /// <summary>S3 counts address ranges of more than 2 to the power of 24 addresses, of 96 in version 6, as everybody's.</summary>
    private static bool IsBroad(string value) => IPNetwork.TryParse(value, out var network)
        && network.PrefixLength < (network.BaseAddress.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? 8 : 32);

    private static bool IsOf(string resource, string bucket) => resource.Split(":::") is [_, var name]
        && (PolicyPattern.Matches(name.Split('/')[0], bucket) || name == "*");

    private static bool IsPrincipal(string name) => name == "*" || (name.Length == 12 && name.All(char.IsAsciiDigit))
        || (name.Length == 64 && name.All(char.IsAsciiHexDigitLower))
        || name.Split(':', 6) is ["arn", _, "iam" or "sts", "", { Length: 12 } owner, "root" or ['u', 's', 'e', 'r', '/', ..] or ['r', 'o', 'l', 'e', '/', ..] or ['a', 's', 's', 'u', 'm', 'e', 'd', ..]] && owner.All(char.IsAsciiDigit);

    private static AwsError Malformed(string message) => new(400, "MalformedPolicy", message);

    private static AwsError NotEvaluated(string what) => new(501, "NotImplemented", $"The sandbox does not emulate {what} in a bucket policy.");
}
