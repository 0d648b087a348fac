using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Identity;

/// <summary>What an identity provider says of a caller in a JSON Web Token. Its signature is not verified: no provider is asked.</summary>
internal sealed record WebIdentityToken(string Subject, string Audience, string Issuer)
{
    /// <exception cref="AwsError">InvalidIdentityToken, or ExpiredTokenException where its time is over.</exception>
    public static WebIdentityToken Parse(string token, DateTimeOffset now)
    {
        if (token.Split('.') is not [_, var payload, _] || Claims(payload) is not { } claims || claims["sub"] is null || claims["iss"] is null)
        {
            throw new AwsError(400, "InvalidIdentityToken", "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)");
        }

        if (claims.Time("exp") is { } end && end < now)
        {
            throw new AwsError(400, "ExpiredTokenException", $"Token expired: current date/time {now.ToUnixTimeSeconds()} must be before the expiration date/time {end.ToUnixTimeSeconds()}");
        }

        return new WebIdentityToken(claims.RequiredText("sub"), FirstOf(claims["aud"]), claims.RequiredText("iss"));
    }

    private static JsonObject? Claims(string payload)
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
