namespace BuildPipeline.Sandbox.Authorization;

/// <summary>One thing that an operation has to be allowed.</summary>
/// <param name="Action">For example <c>sagemaker:CreateTrainingJob</c>.</param>
/// <param name="Resource">ARN; <c>*</c> where the action has no resource.</param>
internal sealed record Permission(string Action, string Resource)
{
    private static readonly IReadOnlyDictionary<string, IReadOnlyList<string>> None = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>What it is needed for, as the record of decisions has it; null for a call of a client.</summary>
    public string? For { get; init; }

    /// <summary>True if the resource may be another name of the one that is meant, as an alias is of a key that is used.</summary>
    public bool ByName { get; init; }

    /// <summary>The condition keys of the action that the request has, beyond those that every request has.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Keys { get; private init; } = None;

    /// <summary>The same with one more key; without, where there is no value.</summary>
    public Permission With(string key, params IEnumerable<string?> values) => values.OfType<string>().ToList() is { Count: > 0 } given
        ? this with { Keys = new Dictionary<string, IReadOnlyList<string>>(Keys, StringComparer.OrdinalIgnoreCase) { [key] = given } }
        : this;

    /// <summary>The same with more keys.</summary>
    public Permission With(IEnumerable<KeyValuePair<string, IReadOnlyList<string>>> keys)
    {
        var all = new Dictionary<string, IReadOnlyList<string>>(Keys, StringComparer.OrdinalIgnoreCase);
        foreach (var (key, values) in keys.Where(key => key.Value.Count > 0))
        {
            all[key] = values;
        }

        return this with { Keys = all };
    }

    /// <summary>The same with the tags that the request gives the resource.</summary>
    public Permission WithTags(IEnumerable<KeyValuePair<string, string>> tags) => tags
        .Aggregate(this, (permission, tag) => permission.With("aws:RequestTag/" + tag.Key, tag.Value))
        .With("aws:TagKeys", tags.Select(tag => tag.Key));
}
