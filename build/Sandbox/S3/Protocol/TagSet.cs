using System.Text.RegularExpressions;
using System.Xml.Linq;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>Tags of a bucket or an object, with AWS's limits.</summary>
internal static partial class TagSet
{
    public const int MostOfObject = 10;
    public const int MostOfBucket = 50;

    private const int LongestKey = 128;
    private const int LongestValue = 256;

    /// <summary>Tags of the form of a query, as the header <c>x-amz-tagging</c> has them.</summary>
    public static List<(string Key, string Value)> Parse(string? query) =>
        [.. (query ?? "").Split('&', StringSplitOptions.RemoveEmptyEntries).Select(tag =>
        {
            var pair = tag.Replace('+', ' ').Split('=', 2);
            return (Uri.UnescapeDataString(pair[0]), pair.Length > 1 ? Uri.UnescapeDataString(pair[1]) : "");
        })];

    /// <param name="owner">The element that contains the tags.</param>
    public static List<(string Key, string Value)> Parse(XElement? owner) =>
        [.. (owner?.Children("Tag") ?? []).Select(tag => (tag.ChildText("Key") ?? "", tag.ChildText("Value") ?? ""))];

    public static string Query(IEnumerable<(string Key, string Value)> tags) =>
        string.Join('&', tags.OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => $"{Uri.EscapeDataString(tag.Key)}={Uri.EscapeDataString(tag.Value)}"));

    public static XElement Element(IEnumerable<(string Key, string Value)> tags) =>
        new("TagSet", tags.Select(tag => new XElement("Tag", new XElement("Key", tag.Key), new XElement("Value", tag.Value))));

    /// <exception cref="AwsError">BadRequest: too many; InvalidTag: a key or value is not valid, or a key is there twice.</exception>
    public static void Check(List<(string Key, string Value)> tags, int most)
    {
        if (tags.Count > most)
        {
            throw most == MostOfObject
                ? new AwsError(400, "BadRequest", "Object tags cannot be greater than 10")
                : S3Errors.InvalidArgument("Bucket tag count cannot be greater than 50");
        }

        foreach (var (key, value) in tags)
        {
            if (key.Length is 0 or > LongestKey || !Characters().IsMatch(key))
            {
                throw new AwsError(400, "InvalidTag", "The TagKey you have provided is invalid");
            }

            if (key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase))
            {
                throw new AwsError(400, "InvalidTag", "System tags cannot be added/updated by requester");
            }

            if (value.Length > LongestValue || !Characters().IsMatch(value))
            {
                throw new AwsError(400, "InvalidTag", "The TagValue you have provided is invalid");
            }
        }

        if (tags.DistinctBy(tag => tag.Key).Count() < tags.Count)
        {
            throw new AwsError(400, "InvalidTag", "Cannot provide multiple Tags with the same key");
        }
    }

    [GeneratedRegex(@"\A[\p{L}\p{Z}\p{N}_.:/=+\-@]*\z")]
    private static partial Regex Characters();
}
