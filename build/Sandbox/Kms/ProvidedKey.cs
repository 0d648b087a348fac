using System.Security.Cryptography;
using System.Text;
using BuildPipeline.Sandbox.Authorization;
using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.Kms;

/// <summary>The key that signs approvals of the environment <c>sandbox</c>. The account has it from the start, as infra/access makes one for other environments.</summary>
internal sealed class ProvidedKey(SandboxSettings settings) : IResourceFacts
{
    private const string Alias = "alias/sandbox-approvals";

    private static readonly Dictionary<string, string> Tags = new() { ["team"] = "research", ["environment"] = "sandbox", ["purpose"] = "approvals" };

    private AccountKey Key { get; } = new(Arn(settings, $"key/{Guid(Alias)}"), true, "SIGN_VERIFY", "ECC_NIST_P256");

    /// <param name="name">Id, ARN or alias.</param>
    /// <returns>Null if the name is that of another key.</returns>
    public AccountKey? Find(string name, string region) => region == settings.Region && Names.Contains(name) ? Key : null;

    ResourceFacts? IResourceFacts.Find(string arn) => Names.Contains(arn) ? new ResourceFacts(Tags) { Arn = Key.Arn } : null;

    private string[] Names => [Alias, Arn(settings, Alias), Key.Arn, Key.Arn.Split('/')[1]];

    private static string Arn(SandboxSettings settings, string resource) => $"arn:aws:kms:{settings.Region}:{settings.AccountId}:{resource}";

    private static Guid Guid(string name) => new(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16));
}
