using BuildPipeline.Sandbox.Terraform.Resources;
using BuildPipeline.Sandbox.Terraform.Rules;
using BuildPipeline.Sandbox.Terraform.Schema;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Planning;

/// <param name="Planned">The state after apply, as far as it is known now.</param>
/// <param name="RequiresReplace">Attributes whose change means a new resource.</param>
internal sealed record Plan(MapValue Planned, IReadOnlyList<string> RequiresReplace);

/// <summary>Plans a change from the schema and the little that <see cref="ResourceDefinition"/> adds.</summary>
internal sealed class Planner(ResourceDefinition definition, BlockSchema schema, ProviderConfiguration provider)
{
    /// <param name="prior">The state now; null for a new resource.</param>
    /// <param name="config">The configuration, absent attributes null.</param>
    public Plan Plan(MapValue? prior, MapValue config)
    {
        var planned = MapValue.Empty;
        foreach (var (name, attribute) in schema.Attributes)
        {
            planned = planned.With(name, PlanAttribute(name, attribute, prior, config[name]));
        }

        foreach (var name in schema.Blocks.Keys)
        {
            planned = planned.With(name, config[name]);
        }

        planned = PlanRegion(PlanTags(planned, prior, config), config);
        return prior is null
            ? new Plan(planned, [])
            : new Plan(
                Recompute(planned, prior, config), [.. definition.ForceNew.Append("region").Where(name => planned[name] != prior[name])]);
    }

    private Value PlanAttribute(string name, AttributeSchema attribute, MapValue? prior, Value configured)
    {
        if (!configured.IsNull)
        {
            return prior is not null && definition.Json.Contains(name) && SameJson(name, prior[name], configured)
                ? prior[name] : configured;
        }

        if (definition.Defaults.TryGetValue(name, out var byDefault))
        {
            return byDefault;
        }

        return !attribute.Computed ? Value.Null : prior is null ? Value.Unknown : prior[name];
    }

    private static bool SameJson(string name, Value prior, Value configured) =>
        prior is StringValue { Text: var left } && configured is StringValue { Text: var right }
        && (name.EndsWith("policy", StringComparison.Ordinal)
            ? JsonEquivalence.SamePolicy(left, right) : JsonEquivalence.Same(left, right));

    private MapValue PlanTags(MapValue planned, MapValue? prior, MapValue config)
    {
        if (!schema.Attributes.ContainsKey("tags_all"))
        {
            return planned;
        }

        var all = ProviderTags.Merge(provider, config);
        return planned.With("tags_all", all is MapValue { Members.IsEmpty: true } && prior is null ? Value.Unknown : all);
    }

    private MapValue PlanRegion(MapValue planned, MapValue config) =>
        schema.Attributes.ContainsKey("region") && config["region"].IsNull ? planned.With("region", provider.Region) : planned;

    private MapValue Recompute(MapValue planned, MapValue prior, MapValue config) => definition.Recomputed
        .Where(computed => config[computed.Key].IsNull && computed.Value.Any(name => planned[name] != prior[name]))
        .Aggregate(planned, (state, computed) => state.With(computed.Key, Value.Unknown));
}
