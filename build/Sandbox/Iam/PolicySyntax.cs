using System.Text.RegularExpressions;
using BuildPipeline.Sandbox.Policies;

namespace BuildPipeline.Sandbox.Iam;

/// <summary>What IAM takes as a policy of an identity, and as the trust policy of a role.</summary>
internal static partial class PolicySyntax
{
    /// <exception cref="Protocols.AwsError">MalformedPolicyDocument, in IAM's words.</exception>
    public static void CheckIdentityPolicy(string document) => Parse(document, PolicyKind.Identity);

    /// <returns>The AWS principals that it names.</returns>
    /// <exception cref="Protocols.AwsError">MalformedPolicyDocument, in IAM's words.</exception>
    public static IReadOnlyList<string> CheckTrustPolicy(string document)
    {
        var policy = Parse(document, PolicyKind.Trust);
        if (policy.Statements.Any(statement => statement.Principal!.IsNegated))
        {
            throw IamErrors.Malformed("AssumeRolepolicy contained an invalid principal: \"NotPrincipal\"");
        }

        if (policy.Statements.SelectMany(statement => statement.Action.Names).Any(action => !action.StartsWith("sts:", StringComparison.OrdinalIgnoreCase)))
        {
            throw IamErrors.Malformed("AssumeRole policy may only specify STS AssumeRole actions.");
        }

        return [.. policy.Statements.SelectMany(statement => statement.Principal!.Names).Where(name => name.Kind == PrincipalName.Aws).Select(name => name.Name)];
    }

    private static PolicyDocument Parse(string document, PolicyKind kind)
    {
        try
        {
            var policy = PolicyDocument.Parse(document, kind);
            return policy.Statements.All(statement => Sid().IsMatch(statement.Sid ?? ""))
                ? policy
                : throw IamErrors.Malformed("Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*");
        }
        catch (PolicySyntaxException fault)
        {
            throw IamErrors.Malformed(fault.Message);
        }
    }

    [GeneratedRegex(@"\A[0-9A-Za-z]*\z")]
    private static partial Regex Sid();
}
