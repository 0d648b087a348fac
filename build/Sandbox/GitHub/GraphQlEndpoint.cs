using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace BuildPipeline.Sandbox.GitHub;

/// <summary>The one query that tells persons and Apps alike who they are.</summary>
internal static partial class GraphQlEndpoint
{
    public static RouteGroupBuilder MapGraphQl(this RouteGroupBuilder group)
    {
        group.MapPost("/graphql", (Delegate)AnswerAsync).WithName("GraphQL");
        return group;
    }

    private static async Task<IResult> AnswerAsync(HttpContext context)
    {
        try
        {
            var document = await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted) as JsonObject;
            var query = document?["query"]?.GetValue<string>() ?? "";
            return Viewer().IsMatch(query)
                ? GitHubAnswer.Ok(new JsonObject { ["data"] = new JsonObject { ["viewer"] = new JsonObject { ["login"] = GitHubCaller.Of(context).Login } } })
                : GitHubAnswer.Refuse(501, "The sandbox emulates one GraphQL query: { viewer { login } }.");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return GitHubAnswer.Refuse(400, "Problems parsing JSON");
        }
    }

    [GeneratedRegex(@"^\s*(query\s*)?\{\s*viewer\s*\{\s*login\s*\}\s*\}\s*$")]
    private static partial Regex Viewer();
}
