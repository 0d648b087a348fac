using BuildPipeline.Sandbox.Terraform.Permissions;
using BuildPipeline.Sandbox.Terraform.Registry;
using BuildPipeline.Sandbox.Terraform.Rules;
using BuildPipeline.Sandbox.Terraform.Schema;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>Creates, reads, changes and deletes resources. One change at a time, so checks and effects belong together.</summary>
internal sealed class ResourceOperations(AwsSchema schema, ResourceContexts contexts, ResourceRegistry registry, ProviderPermissions permissions) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);

    public static IEnumerable<ResourceError> Validate(string type, MapValue config) =>
        ResourceCatalog.Find(type).Rules.Append(Checks.Tags).SelectMany(rule => rule.Check(config));

    /// <summary>The resource as it is now; null if it is gone.</summary>
    public async Task<MapValue?> ReadAsync(string type, MapValue state, ProviderConfiguration provider)
    {
        var context = contexts.Of(state, provider);
        permissions.Require(provider.Session, type, ResourceOperation.Read, context.Request(prior: null, state));
        var recorded = registry.Get(type, state);
        if (ResourceCatalog.Find(type).Effects is not { } effects)
        {
            return recorded;
        }

        var found = await effects.ReadAsync(context, recorded ?? state);
        if (found is null)
        {
            registry.Remove(type, state);
        }

        return found is null ? null : schema.Resources[type].Complete(found);
    }

    /// <returns>The state after the change; null after a deletion.</returns>
    /// <exception cref="ResourceError">The change is refused and nothing was done.</exception>
    public async Task<MapValue?> ApplyAsync(
        string type, MapValue? prior, MapValue? planned, ProviderConfiguration provider, CancellationToken cancellationToken)
    {
        var definition = ResourceCatalog.Find(type);
        var context = contexts.Of(planned ?? prior!, provider);
        var takesTurn = definition.Effects is not { TakesTime: true };
        if (takesTurn)
        {
            await _turn.WaitAsync(cancellationToken);
        }

        try
        {
            if (planned is null)
            {
                await DeleteAsync(definition, context, prior!, cancellationToken);
                return null;
            }

            return await PutAsync(definition, context, prior, planned, cancellationToken);
        }
        finally
        {
            if (takesTurn)
            {
                _turn.Release();
            }
        }
    }

    /// <summary>The resource of an import id, whoever created it.</summary>
    /// <remarks>As with the real provider, an id that does not exist is found out when terraform reads it next.</remarks>
    /// <param name="id">The id as <c>terraform import</c> takes it, with or without <c>@region</c> at its end.</param>
    public async Task<MapValue> ImportAsync(string type, string id, ProviderConfiguration provider)
    {
        var (name, region) = SplitRegion(type, id);
        var definition = ResourceCatalog.Find(type);
        var context = contexts.Of(MapValue.Empty.With("region", region), provider);
        var block = schema.Resources[type];
        var identity = (definition.Identify?.Invoke(name) ?? MapValue.Empty.With("id", name)).With("region", context.Region);
        permissions.Require(provider.Session, type, ResourceOperation.Read, context.Request(prior: null, identity));
        var known = registry.All(type).FirstOrDefault(state => IsNamed(definition, state, name, context.Region));
        if (definition is not { Identify: not null, Effects: { } effects })
        {
            return known ?? block.Complete(identity);
        }

        // What terraform made has things that the service does not keep, for example the tags of a log group.
        var seed = known ?? Complete(definition, context, block.Imported(identity, definition.Defaults));
        if (await effects.ReadAsync(context, seed) is not { } found)
        {
            return block.Complete(identity);
        }

        found = block.Complete(found);
        registry.Put(type, found);
        return found;
    }

    public void Dispose() => _turn.Dispose();

    private static bool IsNamed(ResourceDefinition definition, MapValue state, string importId, string region) =>
        (definition.ImportId?.Invoke(state) ?? ResourceRegistry.IdOf(state)) == importId && (state.Text("region") ?? region) == region;

    /// <summary>An import id can end in the region that the resource is in.</summary>
    private (string Name, string? Region) SplitRegion(string type, string id) =>
        id.LastIndexOf('@') is > 0 and var at && Regions.Names.Contains(id[(at + 1)..]) && schema.Resources[type].Attributes.ContainsKey("region")
            ? (id[..at], id[(at + 1)..])
            : (id, null);

    private async Task<MapValue> PutAsync(
        ResourceDefinition definition, ResourceContext context, MapValue? prior, MapValue planned, CancellationToken cancellationToken)
    {
        CheckReferences(definition, context, planned);
        var state = Complete(definition, context, planned);
        state = state.IsWhollyKnown
            ? state : throw new ResourceError($"creating {definition.Type}: a nested value is still unknown at apply");
        if (prior is null)
        {
            CheckUnique(definition, state);
        }

        permissions.Require(
            context.Provider.Session, definition.Type, prior is null ? ResourceOperation.Create : ResourceOperation.Update, context.Request(prior, state));
        if (definition.Effects is { } effects)
        {
            state = await effects.ApplyAsync(context, prior, state, cancellationToken);
        }

        registry.Put(definition.Type, state);
        return state;
    }

    private MapValue Complete(ResourceDefinition definition, ResourceContext context, MapValue planned)
    {
        var writer = new StateWriter(planned, context);
        definition.Complete?.Invoke(writer);
        return writer.Finish(
            definition.Type,
            schema.Resources[definition.Type].Attributes.Select(attribute => KeyValuePair.Create(attribute.Key, attribute.Value.Type)));
    }

    private async Task DeleteAsync(
        ResourceDefinition definition, ResourceContext context, MapValue state, CancellationToken cancellationToken)
    {
        if (definition.IsRetained?.Invoke(state) == true)
        {
            return;
        }

        permissions.Require(context.Provider.Session, definition.Type, ResourceOperation.Delete, context.Request(prior: null, state));
        var parts = ResourceCatalog.PartsOf(definition.Type)
            .SelectMany(part => registry.All(part.Part).Where(other => Named(other, part.Reference).Contains(state.Text(part.Reference.Target))), (part, other) => (part.Part, other))
            .ToList();
        foreach (var (user, reference) in ResourceCatalog.UsersOf(definition.Type))
        {
            var target = state.Text(reference.Target);
            if (registry.All(user).FirstOrDefault(other => target is not null && Named(other, reference).Contains(target) && !parts.Contains((user, other))) is { } dependent)
            {
                throw ResourceError.Refused(
                    $"deleting {definition.Type} ({ResourceRegistry.IdOf(state)})", reference.InUse!,
                    $"{target} has a dependent object and cannot be deleted: {user} {ResourceRegistry.IdOf(dependent)}.");
            }
        }

        parts.ForEach(part => registry.Remove(part.Part, part.other));
        if (definition.Effects is { } effects)
        {
            await effects.DeleteAsync(context, state, cancellationToken);
        }

        registry.Remove(definition.Type, state);
    }

    private void CheckReferences(ResourceDefinition definition, ResourceContext context, MapValue state)
    {
        foreach (var reference in definition.References)
        {
            var missing = Named(state, reference).FirstOrDefault(target => !AccountDefaults.Has(context, reference.Type, target)
                && (ResourceCatalog.IsStored(reference.Type) || !registry.Exists(reference.Type, reference.Target, target)));
            if (missing is not null)
            {
                throw ResourceError.Refused(
                    $"creating {definition.Type}", reference.Code,
                    $"The {reference.Type} '{missing}' in {reference.Attribute} does not exist.");
            }
        }
    }

    private void CheckUnique(ResourceDefinition definition, MapValue state)
    {
        if (definition.Unique is { } unique && state.Text(unique.Attribute) is { } value
            && registry.All(definition.Type)
                .Any(other => other.Text(unique.Attribute) == value && other.Text("region") == state.Text("region")))
        {
            throw ResourceError.Refused(
                $"creating {definition.Type} ({value})", unique.Code, $"A resource with the {unique.Attribute} {value} already exists.");
        }
    }

    private static IEnumerable<string> Named(MapValue state, Reference reference) =>
        state.Text(reference.Attribute) is { Length: > 0 } single ? [single] : state.Texts(reference.Attribute);
}
