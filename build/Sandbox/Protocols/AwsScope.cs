using Microsoft.AspNetCore.Http.Features;

namespace BuildPipeline.Sandbox.Protocols;

/// <summary>The region and the service that a request is for, and who sends it.</summary>
/// <param name="Service">Signing name.</param>
/// <param name="Caller">Who signed the request; null for anybody, without credentials.</param>
internal sealed record AwsScope(string Region, string Service, Caller? Caller = null)
{
    private const string AssumedRegion = "us-east-1";

    /// <summary>Headers that only the protocols of other services have.</summary>
    private static readonly string[] OtherProtocols = ["X-Amz-Target", "smithy-protocol"];

    /// <summary>
    /// What AWS takes without a signature of version 4: a web identity token stands for the credentials, the links in SNS's messages confirm and
    /// end subscriptions, and S3 has objects for everybody and forms with the credentials.
    /// </summary>
    /// <exception cref="AwsError">The request is signed with another version.</exception>
    public static async Task<AwsScope?> OfUnsignedAsync(HttpRequest request)
    {
        if (request.Headers.Authorization.ToString().StartsWith("AWS", StringComparison.Ordinal) || request.Query.ContainsKey("AWSAccessKeyId"))
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
}
