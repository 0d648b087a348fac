using BuildPipeline.Sandbox.Iam;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Storage;
using BuildPipeline.Sandbox.SageMaker.Requests;
using BuildPipeline.Sandbox.Terraform.Registry;

namespace BuildPipeline.Sandbox.Tests.SageMaker;

/// <summary>An account of us-east-1 with what a test says that was created in it.</summary>
internal sealed class TestAccount(params RegisteredResource[] resources) : IResourceRegistry, IIdentityPolicies, IKmsKeys
{
    public const string Region = "us-east-1";

    /// <summary>The role that the sandbox always has.</summary>
    public const string Role = "arn:aws:iam::000000000000:role/sandbox-training";

    public IReadOnlyList<RegisteredResource> Resources => resources;

    /// <summary>The names of keys that can encrypt.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>ARNs of roles besides the sandbox's own.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    public AccountResources AsResources() => new([this], this, this, new SandboxSettings(""));

    /// <summary>A resource of the account's region.</summary>
    public static RegisteredResource Resource(string type, string id, string attribute, string value) =>
        new(type, id, new() { ["region"] = Region, [attribute] = value });

    public bool Exists(string type, string attribute, string value) =>
        resources.Any(resource => resource.Type == type && (string?)resource.Attributes[attribute] == value);

    public RoleAccess? Find(string roleArn) => roleArn == Role || Roles.Contains(roleArn)
        ? new RoleAccess(roleArn, "AROA", "{}", 3600, new Dictionary<string, string>(), [], null) : null;

    public TrustedProvider? FindProvider(string issuer) => null;

    public string Require(string? name, string region) =>
        region == Region && Keys.Contains(name) ? name! : throw new AwsError(400, "KMS.NotFoundException", $"Key '{name}' does not exist");
}
