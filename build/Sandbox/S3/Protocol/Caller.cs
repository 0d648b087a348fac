using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>Who sends a request: the user of an account, or anybody.</summary>
/// <param name="Account">Id of the account; null without credentials.</param>
internal sealed record Caller(string? Account)
{
    private const string Name = "sandbox";

    /// <summary>Canonical user id.</summary>
    public string User { get; } = Account is null ? CanonicalUser.Anonymous : CanonicalUser.IdOf(Account);

    /// <summary>Null without credentials.</summary>
    public string? Arn => Account is null ? null : $"arn:aws:iam::{Account}:user/{Name}";

    /// <summary>Values of the policy keys that tell the caller.</summary>
    public IReadOnlyDictionary<string, string> Keys => Account is null
        ? new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["aws:PrincipalType"] = "Anonymous", ["aws:userid"] = "anonymous", ["aws:PrincipalIsAWSService"] = "false",
        }
        : new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["aws:PrincipalType"] = "User", ["aws:userid"] = Name, ["aws:PrincipalIsAWSService"] = "false", ["aws:username"] = Name,
            ["aws:PrincipalArn"] = Arn!, ["aws:PrincipalAccount"] = Account, ["s3:signatureversion"] = "AWS4-HMAC-SHA256",
        };

    /// <summary>The names that a policy can have for the caller.</summary>
    public IReadOnlyList<string> Principals => Account is null ? ["*"] : ["*", Arn!, $"arn:aws:iam::{Account}:root", Account, User];
}
