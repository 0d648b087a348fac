using Microsoft.AspNetCore.Http.Features;

namespace BuildPipeline.Sandbox.Protocols;

/// <summary>The region and the service that a request was signed for: the SigV4 credential scope. Signatures themselves are not verified.</summary>
internal sealed record AwsScope(string Region, string Service)
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <returns>Null if the request carries no AWS authorization.</returns>
    public static AwsScope? Parse(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith(Algorithm, StringComparison.Ordinal))
        {
            return Parse(request.Query["X-Amz-Credential"].ToString());
        }

        const string Marker = "Credential=";
        var start = header.IndexOf(Marker, StringComparison.Ordinal);
        return start < 0 ? null : Parse(header[(start + Marker.Length)..].Split(',')[0].Trim());
    }

    /// <summary>What AWS takes without a signature of version 4: a web identity token stands for the credentials, or a browser's form has them.</summary>
    /// <exception cref="AwsError">The request is signed with version 2.</exception>
    public static async Task<AwsScope?> OfUnsignedAsync(HttpRequest request)
    {
        if (request.Headers.Authorization.ToString().StartsWith("AWS ", StringComparison.Ordinal) || request.Query.ContainsKey("AWSAccessKeyId"))
        {
            throw new AwsError(400, "InvalidRequest", "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.");
        }

        if (request.ContentType?.StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase) == true)
        {
            return new AwsScope("us-east-1", "s3");
        }

        return request.HasFormContentType && (await request.ReadFormAsync(request.HttpContext.RequestAborted))["Action"] == "AssumeRoleWithWebIdentity"
            ? new AwsScope("us-east-1", "sts")
            : null;
    }

    /// <summary>The scope of a request that the router let through.</summary>
    public static AwsScope Current(HttpContext context) => context.Features.GetRequiredFeature<AwsScope>();

    private static AwsScope? Parse(string credential) =>
        credential.Split('/') is [.. var key, _, var region, var service, "aws4_request"] && key.Length > 0
            ? new AwsScope(region, service)
            : null;
}
