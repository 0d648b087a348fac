using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Iam;

/// <summary>The policies that AWS itself manages, which are the same in all accounts. The sandbox has none of them.</summary>
internal static class AwsPolicies
{
    /// <exception cref="AwsError">The ARN is of one: it would have no effect here.</exception>
    public static void Refuse(string arn)
    {
        if (arn.Split(':') is ["arn", _, "iam", "", "aws", ..])
        {
            throw IamErrors.Invalid($"The sandbox does not emulate policies that AWS manages: '{arn}'. Write the permissions into a policy of the account.");
        }
    }
}
