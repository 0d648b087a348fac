namespace BuildPipeline.Sandbox.S3.Storage;

/// <summary>What a bucket's lifecycle rules remove at a time.</summary>
/// <param name="Expired">Keys whose current version expires: deleted as by a request without a version id.</param>
/// <param name="Removed">Versions and delete markers that go for good.</param>
internal sealed record LifecyclePlan(IReadOnlyList<string> Expired, IReadOnlyList<VersionRecord> Removed)
{
    /// <param name="versions">All versions in key order, the newest of a key first.</param>
    public static LifecyclePlan Create(IReadOnlyList<LifecycleRule> rules, IEnumerable<VersionRecord> versions, DateTimeOffset now)
    {
        var expired = new List<string>();
        var removed = new List<VersionRecord>();
        foreach (var key in versions.GroupBy(version => version.Key).Select(group => group.ToList()))
        {
            var noncurrent = key.Skip(1).ToList();
            var gone = noncurrent.Where((version, index) => rules.Any(rule => IsDue(rule, version, replaced: key[index].LastModified, index, now))).ToList();
            removed.AddRange(gone);
            if (!key[0].IsDeleteMarker)
            {
                if (rules.Any(rule => rule.ExpiryOf(key[0]) <= now))
                {
                    expired.Add(key[0].Key);
                }
            }
            else if (gone.Count == noncurrent.Count && rules.Any(rule => rule.Applies(key[0]) && (rule.RemovesMarkers || rule.ExpiryOf(key[0]) <= now)))
            {
                removed.Add(key[0]);
            }
        }

        return new LifecyclePlan(expired, removed);
    }

    /// <param name="index">How many other versions were replaced after this one.</param>
    private static bool IsDue(LifecycleRule rule, VersionRecord version, DateTimeOffset replaced, int index, DateTimeOffset now) =>
        rule.NoncurrentDays is { } days && rule.Applies(version) && index >= rule.KeptNoncurrent && LifecycleRule.After(replaced, days) <= now;
}
