using System.Globalization;
using System.Text.Json.Nodes;

namespace BuildPipeline.Sandbox.GitHub;

/// <summary>GitHub's pages: per_page, page, and the Link header to the others.</summary>
internal static class Paging
{
    private const int DefaultSize = 30;
    private const int LargestSize = 100;

    /// <param name="member">The member that the page is in, beside the total count; null for a page that is the whole answer.</param>
    public static IResult Answer<T>(HttpContext context, IReadOnlyList<T> all, Func<T, JsonNode> describe, string? member = null)
    {
        var size = Math.Min(Number(context, "per_page", DefaultSize), LargestSize);
        var page = Number(context, "page", 1);
        var last = Math.Max(1, (all.Count + size - 1) / size);
        var links = new List<string>();
        if (page > 1)
        {
            links.Add(Link(context, page - 1, size, "prev"));
            links.Add(Link(context, 1, size, "first"));
        }

        if (page < last)
        {
            links.Add(Link(context, page + 1, size, "next"));
            links.Add(Link(context, last, size, "last"));
        }

        if (links.Count > 0)
        {
            context.Response.Headers.Link = string.Join(", ", links);
        }

        var listed = new JsonArray([.. all.Skip((page - 1) * size).Take(size).Select(describe)]);
        return GitHubAnswer.Ok(member is null ? listed : new JsonObject { ["total_count"] = all.Count, [member] = listed });
    }

    private static string Link(HttpContext context, int page, int size, string relation) =>
        $"<http://{context.Request.Host}{context.Request.Path}{Query(context)}per_page={size}&page={page}>; rel=\"{relation}\"";

    // What was asked for, without the page.
    private static string Query(HttpContext context) => context.Request.Query.Where(member => member.Key is not ("per_page" or "page"))
        .Aggregate("?", (query, member) => $"{query}{Uri.EscapeDataString(member.Key)}={Uri.EscapeDataString(member.Value.ToString())}&");

    private static int Number(HttpContext context, string name, int otherwise) =>
        int.TryParse(context.Request.Query[name], NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0 ? value : otherwise;
}

internal static class Timestamp
{
    /// <summary>Whole seconds in UTC, as GitHub writes times.</summary>
    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
