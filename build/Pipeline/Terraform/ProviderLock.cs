using System.Text.RegularExpressions;

namespace BuildPipeline.Terraform;

/// <summary>The provider versions that a plan was made with, as terraform's lock file has them.</summary>
/// <param name="Sha256">SHA-256 of the lock file, hex.</param>
/// <param name="Providers">Version of each provider, by its address, for example <c>registry.terraform.io/hashicorp/aws</c>.</param>
public sealed partial record ProviderLock(string Sha256, IReadOnlyDictionary<string, string> Providers)
{
    /// <summary>Reads a lock file; null if there is none.</summary>
    public static ProviderLock? Read(string file) => File.Exists(file)
        ? new(TerraformDocuments.Sha256(file), ProviderPattern().Matches(File.ReadAllText(file)).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value))
        : null;

    [GeneratedRegex("provider \"([^\"]+)\" \\{\\s+version\\s+= \"([^\"]+)\"")]
    private static partial Regex ProviderPattern();
}
