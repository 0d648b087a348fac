using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Rules;

/// <summary>What a <c>provider "aws"</c> block says that matters in the sandbox.</summary>
/// <param name="Region">A region's name, or unknown while terraform does not know it yet.</param>
/// <param name="DefaultTags">A map of strings, or unknown.</param>
internal sealed record ProviderConfiguration(Value Region, Value DefaultTags)
{
    public IgnoredTags IgnoredTags { get; init; } = IgnoredTags.None;

    /// <summary>The session that terraform acts as; null for the account's administrator.</summary>
    public Caller? Session { get; init; }

    public static ProviderConfiguration From(MapValue config, SandboxSettings settings) => new(
        config["region"].IsNull ? settings.Region : config["region"],
        DefaultTagsOf(config))
    {
        IgnoredTags = new(
            [.. config.Blocks("ignore_tags").SelectMany(block => block.Texts("keys"))],
            [.. config.Blocks("ignore_tags").SelectMany(block => block.Texts("key_prefixes"))]),
    };

    private static Value DefaultTagsOf(MapValue config)
    {
        if (config["default_tags"].IsUnknown)
        {
            return Value.Unknown;
        }

        var tags = config.Blocks("default_tags").Select(block => block["tags"]).FirstOrDefault(Value.Null);
        return tags.IsNull ? MapValue.Empty : tags;
    }
}
