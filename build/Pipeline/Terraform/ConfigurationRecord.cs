namespace BuildPipeline.Terraform;

/// <summary>The configuration that a plan was made from, by content: no value is kept, only its SHA-256.</summary>
public sealed record ConfigurationRecord
{
    /// <summary>SHA-256 of each file under <c>infra</c> that terraform reads, by path relative to <c>infra</c>.</summary>
    public IReadOnlyDictionary<string, string> Files { get; init; } = new Dictionary<string, string>();

    /// <summary>SHA-256 of each file of <c>--var-file</c>, by absolute path.</summary>
    public IReadOnlyDictionary<string, string> VariableFiles { get; init; } = new Dictionary<string, string>();

    /// <summary>SHA-256 of the value of each <c>--var</c>, by name.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>The lock file that the plan was made with; null where terraform was attached to a provider, and in records of earlier versions.</summary>
    public ProviderLock? Lock { get; init; }

    /// <summary>SHA-256 over all of it, hex; where a variable file is does not matter.</summary>
    public string Sha256()
    {
        var lines = Files.Select(file => $"file {file.Key} {file.Value}")
            .Concat(VariableFiles.Values.Select(content => $"variable file {content}"))
            .Concat(Variables.Select(variable => $"variable {variable.Key} {variable.Value}"))
            .Concat(Lock is null ? [] : Lock.Providers.Select(provider => $"provider {provider.Key} {provider.Value}").Append($"lock file {Lock.Sha256}"));
        return HexDigest.Calculate(string.Join('\n', lines.Order(StringComparer.Ordinal)));
    }

    /// <summary>Paths of the files whose content is not what it was, or that exist in one of the two only.</summary>
    public IReadOnlyList<string> FilesChangedIn(ConfigurationRecord now) =>
        [.. Changed(Files, now.Files).Concat(Changed(VariableFiles, now.VariableFiles)).Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Changed(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after) =>
        before.Keys.Union(after.Keys).Where(path => before.GetValueOrDefault(path) != after.GetValueOrDefault(path));
}
