using BuildPipeline.Sandbox.Terraform.Rules;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>All that is known of resource types.</summary>
internal static class ResourceCatalog
{
    private static readonly Dictionary<string, ResourceDefinition> Definitions =
        new[]
        {
            VpcResources.All, SecurityGroupResources.All, BucketResources.All, BucketSettingResources.All, KmsResources.All, IamResources.All,
            LogGroupResource.All, AlarmResources.All, TopicResources.All, EventResources.All, ProjectResources.All, BudgetResources.All, TrainingJobResource.All, OtherResources.All,
        }.SelectMany(family => family).ToDictionary(definition => definition.Type);

    private static readonly ILookup<string, (string User, Reference Reference)> Users = Definitions.Values
        .SelectMany(definition => definition.References, (definition, reference) => (definition.Type, reference))
        .Where(use => use.reference.InUse is not null)
        .ToLookup(use => use.reference.Type);

    private static readonly ILookup<string, (string Part, Reference Reference)> Parts = Definitions.Values
        .SelectMany(definition => definition.References, (definition, reference) => (definition.Type, reference))
        .Where(use => use.reference.IsOwner)
        .ToLookup(use => use.reference.Type);

    /// <exception cref="ResourceError">The sandbox does not emulate the type.</exception>
    public static ResourceDefinition Find(string type) => Definitions.GetValueOrDefault(type) ?? throw new ResourceError(
        $"The sandbox does not emulate {type}", "It would accept the resource and do nothing. Leave it out of what is applied to the sandbox.");

    /// <summary>True if a service has the resources of the type, so the registry need not know of their end.</summary>
    public static bool IsStored(string type) => Definitions[type].Identify is not null;

    /// <summary>The types whose resources go with one of the given type, and by which attribute.</summary>
    public static IEnumerable<(string Part, Reference Reference)> PartsOf(string type) => Parts[type];

    /// <summary>The types that keep a resource of the given type from being deleted, and by which attribute.</summary>
    public static IEnumerable<(string User, Reference Reference)> UsersOf(string type) => Users[type];
}
