namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>What a listing asks for.</summary>
/// <param name="After">Only keys after this one, in ordinal order; null from the start.</param>
/// <param name="SkipsGroup">Whether <paramref name="After"/> is a common prefix whose keys were all counted.</param>
internal sealed record ListQuery(string Prefix, string? Delimiter, string? After, bool SkipsGroup, int Most);

/// <summary>One page of a listing.</summary>
/// <param name="Last">The last key or common prefix on the page.</param>
/// <param name="EndsInGroup">Whether that is a common prefix.</param>
internal sealed record ListPage<T>(IReadOnlyList<T> Items, IReadOnlyList<string> CommonPrefixes, bool IsTruncated, string? Last, bool EndsInGroup)
{
    /// <summary>Takes a page from items in key order. Keys that share a stem up to the delimiter count once, as that stem.</summary>
    public static ListPage<T> Take(IEnumerable<T> ordered, Func<T, string> keyOf, ListQuery query)
    {
        var items = new List<T>();
        var groups = new List<string>();
        string? last = null;
        var inGroup = false;
        foreach (var item in ordered)
        {
            var key = keyOf(item);
            if (!key.StartsWith(query.Prefix, StringComparison.Ordinal) || IsBefore(key, query))
            {
                continue;
            }

            var group = GroupOf(key, query);
            if (group is not null && groups.Count > 0 && groups[^1] == group)
            {
                continue;
            }

            if (items.Count + groups.Count >= query.Most)
            {
                return new ListPage<T>(items, groups, IsTruncated: query.Most > 0, last, inGroup);
            }

            (last, inGroup) = (group ?? key, group is not null);
            if (group is null)
            {
                items.Add(item);
            }
            else
            {
                groups.Add(group);
            }
        }

        return new ListPage<T>(items, groups, IsTruncated: false, last, inGroup);
    }

    private static bool IsBefore(string key, ListQuery query) =>
        query.After is not null
        && (string.CompareOrdinal(key, query.After) <= 0 || (query.SkipsGroup && key.StartsWith(query.After, StringComparison.Ordinal)));

    private static string? GroupOf(string key, ListQuery query)
    {
        if (string.IsNullOrEmpty(query.Delimiter))
        {
            return null;
        }

        var end = key.IndexOf(query.Delimiter, query.Prefix.Length, StringComparison.Ordinal);
        return end < 0 ? null : key[..(end + query.Delimiter.Length)];
    }
}
