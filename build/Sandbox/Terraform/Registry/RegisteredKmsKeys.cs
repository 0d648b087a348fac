using System.Security.Cryptography;
using System.Text;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Storage;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Registry;

/// <summary>The keys that Terraform created, and the one that AWS manages for S3 in each region.</summary>
internal sealed class RegisteredKmsKeys(ResourceRegistry registry, SandboxSettings settings) : IKmsKeys
{
    private const string ManagedAlias = "alias/aws/s3";

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
