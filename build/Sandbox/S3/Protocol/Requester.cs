using BuildPipeline.Sandbox.Policies;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>Who sends a request, by the names that S3's owners, lists and policies have for it.</summary>
/// <param name="Caller">Null for anybody, without credentials.</param>
internal sealed record Requester(Caller? Caller)
{
    public const string SignatureVersion = "AWS4-HMAC-SHA256";

    /// <summary>Canonical user id.</summary>
    public string User { get; } = Caller is null ? CanonicalUser.Anonymous : CanonicalUser.IdOf(Caller.Account);

    /// <summary>Id of the account; null without credentials.</summary>
    public string? Account => Caller?.Account;

    /// <summary>Values of the policy keys that tell the requester.</summary>
    public IReadOnlyDictionary<string, string> Keys { get; } = Caller is null
        ? new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["aws:PrincipalType"] = "Anonymous", ["aws:userid"] = "anonymous", ["aws:PrincipalIsAWSService"] = "false",
        }
        : new Dictionary<string, string>(Caller.PolicyKeys, StringComparer.OrdinalIgnoreCase) { ["s3:signatureversion"] = SignatureVersion };

    /// <summary>The requester as policies name him.</summary>
    public PolicyPrincipal Principal { get; } = Caller is null
        ? PolicyPrincipal.Anonymous
        : PolicyPrincipal.Of(Caller) with { CanonicalUser = CanonicalUser.IdOf(Caller.Account) };
}
