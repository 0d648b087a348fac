using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.S3.Storage;
using BuildPipeline.Sandbox.Terraform.Registry;
using BuildPipeline.Sandbox.Terraform.Rules;
using BuildPipeline.Sandbox.Terraform.Schema;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>Creates, reads, changes and deletes resources. One change at a time, so that checks and effects belong together.</summary>
internal sealed class ResourceOperations(
    AwsSchema schema, SandboxSettings settings, ObjectStore store, ResourceRegistry registry, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);

    public static IEnumerable<ResourceError> Validate(string type, MapValue config) =>
        ResourceCatalog.Of(type).Rules.Append(Checks.Tags).SelectMany(rule => rule.Check(config));

    /// <summary>The resource as it is now; null where it is gone.</summary>
    public MapValue? Read(string type, MapValue state, ProviderConfiguration provider)
    {
        var recorded = registry.Get(type, state);
        return recorded is not null && ResourceCatalog.Of(type).Effects is { } effects
            ? effects.Read(ContextOf(recorded, provider), recorded) : recorded;
    }

    /// <returns>The state after the change; null after a deletion.</returns>
    /// <exception cref="ResourceError">The change is refused and nothing was done.</exception>
    public async Task<MapValue?> ApplyAsync(
        string type, MapValue? prior, MapValue? planned, ProviderConfiguration provider, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var definition = ResourceCatalog.Of(type);
            var context = ContextOf(planned ?? prior!, provider);
            if (planned is null)
            {
                Delete(definition, context, prior!);
                return null;
            }

            return await PutAsync(definition, context, prior, planned, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The resource of that id. As with the real provider, an id that does not exist is found out when terraform reads it next.</summary>
    public MapValue Import(string type, string id) =>
        registry.All(type).FirstOrDefault(state => ImportIdOf(type, state) == id) ?? MapValue.Empty.With("id", id);

    public void Dispose() => _turn.Dispose();

    // The one type here whose import is by another id than its own.
    private static string ImportIdOf(string type, MapValue state) => type == "aws_route_table_association"
        ? $"{state.Text("subnet_id")}/{state.Text("route_table_id")}"
        : ResourceRegistry.IdOf(state);

    private async Task<MapValue> PutAsync(
        ResourceDefinition definition, ResourceContext context, MapValue? prior, MapValue planned, CancellationToken cancellationToken)
    {
        CheckReferences(definition, context, planned);
        var writer = new StateWriter(planned, context);
        definition.Complete?.Invoke(writer);
        var state = writer.Finish(
            definition.Type,
            schema.Resources[definition.Type].Attributes.Select(attribute => KeyValuePair.Create(attribute.Key, attribute.Value.Type)));
        state = state.IsWhollyKnown
            ? state : throw new ResourceError($"creating {definition.Type}: a nested value is still unknown at apply");
        if (prior is null)
        {
            CheckUnique(definition, state);
        }

        if (definition.Effects is { } effects)
        {
            state = await effects.ApplyAsync(context, prior, state, cancellationToken);
        }

        registry.Put(definition.Type, state);
        return state;
    }

    private void Delete(ResourceDefinition definition, ResourceContext context, MapValue state)
    {
        if (definition.IsRetained?.Invoke(state) == true)
        {
            return;
        }

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
        definition.Effects?.Delete(context, state);
        registry.Remove(definition.Type, state);
    }

    private void CheckReferences(ResourceDefinition definition, ResourceContext context, MapValue state)
    {
        foreach (var reference in definition.References)
        {
            var missing = Named(state, reference).FirstOrDefault(target =>
                !registry.Exists(reference.Type, reference.Target, target) && !AccountDefaults.Has(context, reference.Type, target));
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

    private ResourceContext ContextOf(MapValue state, ProviderConfiguration provider) =>
        new(settings, store, registry, time, state.Text("region") ?? (provider.Region as StringValue)?.Text ?? settings.Region);
}
