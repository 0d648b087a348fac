using BuildPipeline.Sandbox.Terraform.Registry;

namespace BuildPipeline.Sandbox.SageMaker.Requests;

/// <summary>The roles, keys and networks of the account: those that terraform has created.</summary>
internal sealed class AccountResources(IEnumerable<IResourceRegistry> registries)
{
    private const string Role = "aws_iam_role";

    /// <summary>True if a role exists; as long as terraform has created none, every role does, because nothing else can create one.</summary>
    public bool HasRole(string arn) => !All(Role).Any() || Has(Role, "arn", arn);

    /// <summary>True if a key exists, by its id, its ARN, or the name or ARN of an alias.</summary>
    public bool HasKey(string key) =>
        Has("aws_kms_key", "key_id", key) || Has("aws_kms_key", "arn", key) || Has("aws_kms_alias", "name", key) || Has("aws_kms_alias", "arn", key);

    /// <summary>The VPCs that subnets or security groups are in; null for one that does not exist.</summary>
    public IEnumerable<string?> VpcsOf(IEnumerable<string> ids) => ids.Select(id => registries
        .SelectMany(registry => registry.Resources)
        .FirstOrDefault(resource => resource.Id == id && resource.Type is "aws_subnet" or "aws_security_group" or "aws_default_security_group")?
        .Attributes["vpc_id"]?.GetValue<string>());

    private bool Has(string type, string attribute, string value) => registries.Any(registry => registry.Exists(type, attribute, value));

    private IEnumerable<RegisteredResource> All(string type) => registries.SelectMany(registry => registry.Resources).Where(resource => resource.Type == type);
}
