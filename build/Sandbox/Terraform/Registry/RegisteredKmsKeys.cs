using System.Security.Cryptography;
using System.Text;
using BuildPipeline.Sandbox.Authorization;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Kms;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Storage;
using BuildPipeline.Sandbox.Sns;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Registry;

/// <summary>The keys that Terraform created, and those that AWS manages for S3 and SNS in each region.</summary>
internal sealed class RegisteredKmsKeys(ResourceRegistry registry, SandboxSettings settings) : IKmsKeys, ITopicKeys, IKeyPolicies, IAccountKeys
{
    private const string ManagedAlias = "alias/aws/s3";
    private const string ManagedTopicAlias = "alias/aws/sns";

    public string Require(string? name, string region)
    {
        if (name is null || name == ManagedAlias || name == Arn(region, ManagedAlias) || name == Managed(region))
        {
            return Managed(region);
        }

        if (Find(name) is not { } key || key.Text("arn") is not { } arn || arn.Split(':')[3] != region)
        {
            throw new AwsError(400, "KMS.NotFoundException", $"Key '{name}' does not exist");
        }

        return key.IsTrue("is_enabled") ? arn : throw new AwsError(400, "KMS.DisabledException", $"{arn} is disabled.");
    }

    TopicKey? ITopicKeys.Find(string name, string region)
    {
        if (name == ManagedTopicAlias || name == Arn(region, ManagedTopicAlias))
        {
            return new TopicKey(Arn(region, ManagedTopicAlias), IsEnabled: true, Policy: null);
        }

        return Find(name) is { } key && key.Text("arn") is { } arn && arn.Split(':')[3] == region
            ? new TopicKey(arn, key.IsTrue("is_enabled"), PolicyOf(key))
            : null;
    }

    AccountKey? IAccountKeys.FindKey(string name, string region) => Find(name) is { } key && key.Text("arn") is { } arn && arn.Split(':')[3] == region
        ? new AccountKey(arn, key.IsTrue("is_enabled"), key.Text("key_usage")!, key.Text("customer_master_key_spec")!)
        : null;

    // The keys that AWS manages have no policy here, and are no keys of Terraform.
    KeyAccess? IKeyPolicies.FindKey(string name) =>
        Find(name) is { } key && key.Text("arn") is { } arn ? new KeyAccess(arn, PolicyOf(key) ?? DefaultPolicy) : null;

    /// <summary>What KMS gives a key that nobody gave a policy: it leaves the key to the account's own policies.</summary>
    private string DefaultPolicy { get; } =
        $$$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::{{{settings.AccountId}}}:root"},"Action":"kms:*","Resource":"*"}]}""";

    // A policy of its own resource stands for the key's.
    private string? PolicyOf(MapValue key) => (registry.All("aws_kms_key_policy")
        .FirstOrDefault(policy => policy.Text("key_id") is { } id && (id == key.Text("key_id") || id == key.Text("arn"))) ?? key).Text("policy");

    private MapValue? Find(string name)
    {
        var target = registry.All("aws_kms_alias").FirstOrDefault(alias => alias.Text("name") == name || alias.Text("arn") == name)?.Text("target_key_arn") ?? name;
        return registry.All("aws_kms_key").FirstOrDefault(key => key.Text("arn") == target || key.Text("key_id") == target);
    }

    private string Managed(string region)
    {
        var digits = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ManagedAlias + region)));
        return Arn(region, $"key/{digits[..8]}-{digits[8..12]}-{digits[12..16]}-{digits[16..20]}-{digits[20..32]}");
    }

    private string Arn(string region, string resource) => $"arn:aws:kms:{region}:{settings.AccountId}:{resource}";
}
