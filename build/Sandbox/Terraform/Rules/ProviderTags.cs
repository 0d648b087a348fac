using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Rules;

/// <summary>The tags that a provider leaves to others: it neither reads nor changes them.</summary>
internal sealed record IgnoredTags(IReadOnlyList<string> Keys, IReadOnlyList<string> Prefixes)
{
    // AWS's own tags are nobody's to change.
    private const string Reserved = "aws:";

    public static IgnoredTags None { get; } = new([], []);

    public bool Contains(string key) =>
        key.StartsWith(Reserved, StringComparison.Ordinal) || Keys.Contains(key)
        || Prefixes.Any(prefix => key.StartsWith(prefix, StringComparison.Ordinal));
}

/// <summary>A resource's tags, as the provider's <c>default_tags</c> and <c>ignore_tags</c> make them.</summary>
internal static class ProviderTags
{
    /// <summary>All tags of a resource: the default tags with its own over them, without ignored ones; unknown while any is.</summary>
    /// <param name="content">The resource's configuration.</param>
    public static Value Merge(ProviderConfiguration provider, MapValue content)
    {
        var defaults = DefaultsOf(provider, content);
        return !defaults.IsWhollyKnown || !content["tags"].IsWhollyKnown
            ? Value.Unknown
            : new[] { defaults, content["tags"] }.OfType<MapValue>().SelectMany(tags => tags.Members)
                .Where(tag => !tag.Value.IsNull && !provider.IgnoredTags.Contains(tag.Key))
                .Aggregate(MapValue.Empty, (tags, tag) => tags.With(tag.Key, tag.Value));
    }

    /// <summary>The state with the tags that the resource has now.</summary>
    /// <param name="state">The state before; it tells which of the tags are the resource's own although they equal default tags.</param>
    public static MapValue Observe(ProviderConfiguration provider, MapValue state, IReadOnlyDictionary<string, string> actual)
    {
        var all = actual.Where(tag => !provider.IgnoredTags.Contains(tag.Key))
            .Aggregate(MapValue.Empty, (tags, tag) => tags.With(tag.Key, tag.Value));
        var defaults = DefaultsOf(provider, state) as MapValue ?? MapValue.Empty;
        var before = state["tags"] as MapValue ?? MapValue.Empty;
        var own = all.Members.Where(tag => defaults[tag.Key] != tag.Value || before.Members.ContainsKey(tag.Key))
            .Aggregate(MapValue.Empty, (tags, tag) => tags.With(tag.Key, tag.Value));
        return state.With("tags_all", all).With("tags", own.Members.IsEmpty && before.Members.IsEmpty ? state["tags"] : own);
    }

    /// <summary>What to write where tags are written whole: the resource's, and those of others that the provider ignores.</summary>
    public static IReadOnlyDictionary<string, string> ToWrite(
        ProviderConfiguration provider, MapValue state, IReadOnlyDictionary<string, string> actual)
    {
        var tags = actual.Where(tag => provider.IgnoredTags.Contains(tag.Key)).ToDictionary();
        if (state["tags_all"] is MapValue all)
        {
            foreach (var key in all.Members.Keys)
            {
                tags[key] = all.Text(key) ?? "";
            }
        }

        return tags;
    }

    /// <summary>The default tags, which an object may override.</summary>
    private static Value DefaultsOf(ProviderConfiguration provider, MapValue content) =>
        content.Blocks("override_provider").SelectMany(block => block.Blocks("default_tags")).Select(block => block["tags"])
            .FirstOrDefault(provider.DefaultTags);
}
