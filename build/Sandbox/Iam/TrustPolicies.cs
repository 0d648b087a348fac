using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Iam;

/// <summary>Checks trust policies, whose principals have to exist as far as they are of the account.</summary>
internal sealed class TrustPolicies(IamStore store, SandboxSettings settings)
{
    /// <exception cref="AwsError">MalformedPolicyDocument or LimitExceeded.</exception>
    public void Check(string document)
    {
        if (PolicySyntax.CheckTrustPolicy(document).FirstOrDefault(principal => !IsValid(principal)) is { } unknown)
        {
            throw IamErrors.Malformed($"Invalid principal in policy: \"AWS\":\"{unknown}\"");
        }

        IamRules.CheckTrustSize(document);
    }

    private bool IsValid(string principal) => principal.Split(':', 6) switch
    {
        ["*"] => true,
        [var account] => IsAccount(account),
        ["arn", _, "iam", "", var account, var name] => IsAccount(account) && !name.Contains('*', StringComparison.Ordinal)
            && (account != settings.AccountId || name is "root" || name == $"user/{Caller.UserName}" || store.FindRole(principal) is not null),
        ["arn", _, "sts", "", var account, var session] => IsAccount(account) && session.Split('/') is ["assumed-role", _, _],
        _ => false,
    };

    private static bool IsAccount(string text) => text.Length == 12 && text.All(char.IsAsciiDigit);
}
