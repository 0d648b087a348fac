namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>All that is known of resource types; a type that is only in the schema gets a definition without rules.</summary>
internal static class ResourceCatalog
{
    private static readonly Dictionary<string, ResourceDefinition> Definitions =
        new[]
        {
            VpcResources.All, SecurityGroupResources.All, BucketResources.All, BucketSettingResources.All, KmsResources.All, IamResources.All,
            MonitoringResources.All, OtherResources.All,
        }.SelectMany(family => family).ToDictionary(definition => definition.Type);

    private static readonly ILookup<string, (string User, Reference Reference)> Users = Definitions.Values
        .SelectMany(definition => definition.References, (definition, reference) => (definition.Type, reference))
        .Where(use => use.reference.InUse is not null)
        .ToLookup(use => use.reference.Type);

    private static readonly ILookup<string, (string Part, Reference Reference)> Parts = Definitions.Values
        .SelectMany(definition => definition.References, (definition, reference) => (definition.Type, reference))
        .Where(use => use.reference.IsOwner)
        .ToLookup(use => use.reference.Type);

    public static ResourceDefinition Of(string type) => Definitions.GetValueOrDefault(type) ?? new ResourceDefinition(type);

    /// <summary>The types whose resources go with one of the given type, and by which attribute.</summary>
    public static IEnumerable<(string Part, Reference Reference)> PartsOf(string type) => Parts[type];

    /// <summary>The types that keep a resource of the given type from being deleted, and by which attribute.</summary>
    public static IEnumerable<(string User, Reference Reference)> UsersOf(string type) => Users[type];
}
