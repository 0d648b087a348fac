using System.Globalization;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>Turns a planned state into the state after apply: only unknown members can be filled.</summary>
internal sealed class StateWriter(MapValue planned, ResourceContext context)
{
    public MapValue State { get; private set; } = planned;

    public ResourceContext Context { get; } = context;

    /// <summary>A member as text, empty if it is null.</summary>
    public string Text(string name) => State.Text(name) ?? "";

    public void Fill(string name, Value value)
    {
        if (State[name].IsUnknown)
        {
            State = State.With(name, value);
        }
    }

    /// <summary>Fills the id with a new one of EC2's form, for example <c>vpc-0123456789abcdef0</c>.</summary>
    public string FillId(string prefix)
    {
        Fill("id", $"{prefix}-{Context.Registry.NextHex(17)}");
        return Text("id");
    }

    /// <summary>Fills id and ARN of an EC2 resource; ARNs end in <paramref name="kind"/>/id.</summary>
    public void FillEc2(string prefix, string kind)
    {
        var id = FillId(prefix);
        Fill("arn", Context.Arn("ec2", $"{kind}/{id}"));
        Fill("owner_id", Context.Account);
    }

    /// <summary>Fills the name from the prefix, or one of terraform's own where there is neither.</summary>
    public string FillName(string name = "name", string prefix = "name_prefix")
    {
        var suffix = Context.Time.GetUtcNow().ToString("yyyyMMddHHmmssffff", CultureInfo.InvariantCulture) + Context.Registry.NextHex(8);
        Fill(name, (State.Text(prefix) is { Length: > 0 } given ? given : "terraform-") + suffix);
        Fill(prefix, "");
        return Text(name);
    }

    /// <summary>Fills what no rule knows: an id, an ARN, empty collections, and nothing else.</summary>
    public MapValue Finish(string type, IEnumerable<KeyValuePair<string, TypeConstraint>> attributes)
    {
        var unprefixed = type["aws_".Length..];
        var separator = unprefixed.IndexOf('_', StringComparison.Ordinal);
        Fill("id", $"{unprefixed.Replace('_', '-')}-{Context.Registry.NextHex(17)}");
        var kind = unprefixed[(separator + 1)..].Replace('_', '-');
        Fill("arn", Context.Arn(unprefixed[..Math.Max(separator, 0)], $"{kind}/{State.Text("id") ?? Context.Registry.NextHex(17)}"));
        foreach (var (name, constraint) in attributes)
        {
            Fill(name, constraint switch
            {
                CollectionType { Kind: CollectionKind.List } => new ListValue([]),
                CollectionType { Kind: CollectionKind.Set } => new SetValue([]),
                CollectionType => MapValue.Empty,
                _ => Value.Null,
            });
        }

        return State;
    }
}
