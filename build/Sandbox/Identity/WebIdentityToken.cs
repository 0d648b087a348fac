using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Identity;

/// <summary>What an identity provider says of a caller in a JSON Web Token. Its signature is not verified: no provider is asked.</summary>
internal sealed record WebIdentityToken(string Subject, string Audience, string Issuer)
{
    // Those of GitHub that STS has made condition keys of in February 2026.
    private static readonly string[] GitHubClaims = ["actor", "actor_id", "enterprise_id", "environment", "job_workflow_ref", "ref", "repository", "repository_id", "workflow"];

    /// <summary>Claims beside those three that trust policies may compare, by name.</summary>
    public IReadOnlyDictionary<string, string> Claims { get; init; } = new Dictionary<string, string>();

    /// <exception cref="AwsError">InvalidIdentityToken, or ExpiredTokenException where its time is over.</exception>
    public static WebIdentityToken Parse(string token, DateTimeOffset now)
    {
        if (token.Split('.') is not [_, var payload, _] || ClaimsOf(payload) is not { } claims || claims["sub"] is null || claims["iss"] is null)
        {
            throw new AwsError(400, "InvalidIdentityToken", "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)");
        }

        if (claims.Time("exp") is { } end && end < now)
        {
            throw new AwsError(400, "ExpiredTokenException", $"Token expired: current date/time {now.ToUnixTimeSeconds()} must be before the expiration date/time {end.ToUnixTimeSeconds()}");
        }

        return new WebIdentityToken(claims.RequiredText("sub"), FirstOf(claims["aud"]), claims.RequiredText("iss"))
        {
            Claims = claims.Text("iss") == "https://token.actions.githubusercontent.com"
                ? GitHubClaims.Where(claims.ContainsKey).ToDictionary(name => name, name => claims.RequiredText(name))
                : new Dictionary<string, string>(),
        };
    }

    private static JsonObject? ClaimsOf(string payload)
    {
        try
        {
            return JsonNode.Parse(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(payload))) as JsonObject;
        }
        catch (Exception exception) when (exception is FormatException or JsonException)
        {
            return null;
        }
    }

    private static string FirstOf(JsonNode? audience) => ((audience as JsonArray)?.FirstOrDefault() ?? audience)?.ToString() ?? "";
}
