using Microsoft.AspNetCore.Http.Features;

namespace BuildPipeline.Sandbox.Protocols;

/// <summary>The region and the service that a request was signed for: the SigV4 credential scope. Signatures themselves are not verified.</summary>
/// <param name="AccessKey">Key id; null if the request carries none.</param>
/// <param name="Caller">Who signed the request; null for anybody, without credentials.</param>
internal sealed record AwsScope(string Region, string Service, string? AccessKey = null, Caller? Caller = null)
{
    private const string Algorithm = "AWS4-HMAC-SHA256";
    private const string AssumedRegion = "us-east-1";
    private const int AccountLength = 12;

    /// <summary>Headers that only the protocols of other services have.</summary>
    private static readonly string[] OtherProtocols = ["X-Amz-Target", "smithy-protocol"];

    /// <summary>The account that the key belongs to: a key id of twelve digits is an account's own, every other one is the sandbox's. Null without a key.</summary>
    /// <param name="own">Id of the sandbox's account.</param>
    public string? AccountOf(string own) =>
        AccessKey is { Length: AccountLength } key && key.All(char.IsAsciiDigit) ? key : AccessKey is null ? null : own;

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

    /// <summary>
    /// What AWS takes without a signature of version 4: a web identity token stands for the credentials, the links in SNS's messages confirm and
    /// end subscriptions, and S3 has objects for everybody and forms with the credentials.
    /// </summary>
    /// <exception cref="AwsError">The request is signed with version 2.</exception>
    public static async Task<AwsScope?> OfUnsignedAsync(HttpRequest request)
    {
        if (request.Headers.Authorization.ToString().StartsWith("AWS ", StringComparison.Ordinal) || request.Query.ContainsKey("AWSAccessKeyId"))
        {
            throw new AwsError(400, "InvalidRequest", "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.");
        }

        if (request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true)
        {
            return (await request.ReadFormAsync(request.HttpContext.RequestAborted))["Action"] == "AssumeRoleWithWebIdentity"
                ? new AwsScope(AssumedRegion, "sts")
                : null;
        }

        if (request.Query["Action"].ToString() is "ConfirmSubscription" or "Unsubscribe")
        {
            var arn = request.Query["TopicArn"].ToString() + request.Query["SubscriptionArn"];
            return new AwsScope(arn.Split(':').ElementAtOrDefault(3) ?? AssumedRegion, "sns");
        }

        return OtherProtocols.Any(request.Headers.ContainsKey) ? null : new AwsScope(AssumedRegion, "s3");
    }

    /// <summary>The scope of a request that the router let through.</summary>
    public static AwsScope Current(HttpContext context) => context.Features.GetRequiredFeature<AwsScope>();

    /// <returns>Null if it is no credential of a signature of version 4.</returns>
    public static AwsScope? Parse(string credential) =>
        credential.Split('/') is [.. var key, _, var region, var service, "aws4_request"] && key.Length > 0
            ? new AwsScope(region, service, string.Join('/', key))
            : null;
}
