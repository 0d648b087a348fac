using BuildPipeline.Sandbox.SageMaker.Requests;

namespace BuildPipeline.Sandbox.SageMaker.Jobs;

/// <summary>AWS's rules for the tags of a resource, beside those of the service model.</summary>
internal static class JobTags
{
    private const int Most = 50;
    private const string Reserved = "aws:";

    /// <summary>A job's tags with others put in, which replace those of the same keys.</summary>
    /// <exception cref="Protocols.AwsError">A key is given twice or reserved for AWS, or there would be too many.</exception>
    public static IReadOnlyList<Tag> With(this IReadOnlyList<Tag> tags, IReadOnlyList<Tag> added)
    {
        Require(added.DistinctBy(tag => tag.Key).Count() == added.Count, "Duplicate tag keys: each key can be given once.");
        RequireOwn(added.Select(tag => tag.Key));
        Tag[] all = [.. tags.Where(tag => added.All(other => other.Key != tag.Key)), .. added];
        Require(all.Length <= Most, $"The resource would have more than {Most} tags.");
        return all;
    }

    /// <summary>A job's tags without those of some keys; a key that it does not have is no error.</summary>
    /// <exception cref="Protocols.AwsError">A key is reserved for AWS.</exception>
    public static IReadOnlyList<Tag> Without(this IReadOnlyList<Tag> tags, IReadOnlyList<string> keys)
    {
        RequireOwn(keys);
        return [.. tags.Where(tag => !keys.Contains(tag.Key))];
    }

    private static void RequireOwn(IEnumerable<string> keys) => Require(
        !keys.Any(key => key.StartsWith(Reserved, StringComparison.OrdinalIgnoreCase)),
        $"Tag keys that begin with '{Reserved}' are reserved for AWS.");

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw SageMakerErrors.Invalid(otherwise);
        }
    }
}
