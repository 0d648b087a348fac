using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Rules;

/// <summary>A check of a configuration that the real provider makes before it plans; what is null or unknown passes.</summary>
internal abstract record ConfigRule
{
    public abstract IEnumerable<ResourceError> Check(MapValue config);

    /// <summary>The blocks that hold the last of the names.</summary>
    protected static IEnumerable<MapValue> Owners(MapValue config, string[] names) => names[..^1].Aggregate(
        (IEnumerable<MapValue>)[config], (parents, name) => parents.SelectMany(parent => parent.Blocks(name)));
}

/// <summary>Checks one attribute, in all blocks on the way to it.</summary>
/// <param name="Path">Names from the root, joined with dots, for example <c>rule.status</c>.</param>
/// <param name="Refusal">What is wrong with a value, or null.</param>
internal sealed record AttributeRule(string Path, Func<string, Value, string?> Refusal) : ConfigRule
{
    public override IEnumerable<ResourceError> Check(MapValue config)
    {
        var names = Path.Split('.');
        return Owners(config, names).Select(block => block[names[^1]])
            .Where(value => !value.IsNull && value.IsWhollyKnown)
            .Select(value => Refusal(names[^1], value))
            .OfType<string>()
            .Select(refusal => new ResourceError(refusal, attribute: names[0]));
    }
}

/// <summary>An attribute or block that the sandbox does not emulate is refused, unless it says what is so anyway.</summary>
/// <param name="Path">Names from the root, joined with dots.</param>
/// <param name="Harmless">The values, as text, that say what is so.</param>
internal sealed record NotEmulatedRule(string Path, params string[] Harmless) : ConfigRule
{
    public override IEnumerable<ResourceError> Check(MapValue config)
    {
        var names = Path.Split('.');
        return Owners(config, names)
            .Where(block => block[names[^1]] is not (NullValue or UnknownValue or SequenceValue { Items.IsEmpty: true }))
            .Where(block => block.Text(names[^1]) is not { } text || !Harmless.Contains(text))
            .Select(_ => new ResourceError(
                $"The sandbox does not emulate {Path}", "It would accept the setting and do nothing. Leave it out.", names[0]));
    }
}

/// <summary>At most one of the attributes may be set, or just one; an unknown one may turn out to be absent.</summary>
internal sealed record ExclusiveRule(IReadOnlyList<string> Names, bool Required = false) : ConfigRule
{
    public override IEnumerable<ResourceError> Check(MapValue config)
    {
        var given = Names.Where(name => !config[name].IsNull && config[name] is not SequenceValue { Items.IsEmpty: true }).ToList();
        var known = given.Where(name => !config[name].IsUnknown).ToList();
        if (known.Count > 1)
        {
            yield return new ResourceError(
                "Conflicting configuration arguments",
                $"\"{known[0]}\": conflicts with {known[1]}; only one of {string.Join(", ", Names)} can be given.", known[0]);
        }
        else if (given.Count == 0 && Required)
        {
            yield return new ResourceError("Invalid combination of arguments", $"one of `{string.Join(",", Names)}` must be specified");
        }
    }
}
