using BuildPipeline.Sandbox.Iam;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Storage;
using BuildPipeline.Sandbox.Terraform.Registry;
using BuildPipeline.Sandbox.Terraform.Resources;

namespace BuildPipeline.Sandbox.SageMaker.Requests;

/// <summary>The roles, keys and networks of the account: those that were created, and those that every account of the sandbox has.</summary>
internal sealed class AccountResources(IEnumerable<IResourceRegistry> registries, IIdentityPolicies roles, IKmsKeys keys, SandboxSettings settings)
{
    /// <summary>The role that training jobs can run as without terraform.</summary>
    public string TrainingRoleIn(string region) => TrainingRole.ArnIn(Partition.From(region).Name, settings.AccountId);

    public bool HasRole(string arn) => roles.Find(arn) is not null;

    /// <summary>Why a key cannot encrypt in a region, by its id, its ARN, or the name or ARN of an alias; null if it can.</summary>
    public string? ProblemOfKey(string key, string region)
    {
        try
        {
            keys.Require(key, region);
            return null;
        }
        catch (AwsError error)
        {
            return error.Message;
        }
    }

    /// <summary>The VPC that a subnet or security group of a region is in; null if there is no such one.</summary>
    public string? VpcOf(string id, string region)
    {
        var resources = registries.SelectMany(registry => registry.Resources).Where(resource => (string?)resource.Attributes["region"] == region).ToList();
        var member = resources.Find(resource => resource.Id == id && resource.Type is "aws_subnet" or "aws_security_group" or "aws_default_security_group");
        var ownerOfGroup = resources.Find(resource => resource.Type == "aws_vpc" && (string?)resource.Attributes["default_security_group_id"] == id);
        return (string?)member?.Attributes["vpc_id"] ?? ownerOfGroup?.Id ?? AccountDefaults.VpcOf(id, region);
    }
}
