using System.Globalization;
using System.Security.Cryptography;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Identity;

/// <summary>Finds out who sends a request, by its signature of version 4: in the header or the query, of the body or of S3's words in its place.</summary>
internal sealed class Authenticator(AccessKeys keys, SigningKeys signing, TimeProvider time)
{
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan SkewOfS3 = TimeSpan.FromMinutes(15);

    /// <summary>Verifies the request's signature.</summary>
    /// <returns>Where the request goes, with the caller; null if it is not signed.</returns>
    /// <exception cref="AwsError">The credentials are refused, in the words of the service.</exception>
    public async Task<AwsScope?> AuthenticateAsync(HttpContext context)
    {
        // A browser's preflight request is not signed, even where the address that it is for has a signature.
        if (!SignatureClaim.IsIn(context.Request) || HttpMethods.IsOptions(context.Request.Method))
        {
            return null;
        }

        var claim = SignatureClaim.Parse(context.Request) ?? throw Incomplete(context.Request);
        var scope = new AwsScope(claim.Credential.Region, claim.Service);
        context.Features.Set(scope);
        var moment = claim.Moment ?? throw Refusal(
            CredentialFault.NoTime, claim, "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header in the form that AWS reads.");
        CheckTime(claim, moment);
        var key = RequireKey(claim.Credential, claim.Token);
        CheckHeaders(context.Request, claim);
        var payload = claim.Service == "s3" ? PayloadOfS3(context.Request, claim) : await HashBodyAsync(context);
        if (!signing.Verify(claim.Signature, key.Secret, claim.Credential.Scope, CanonicalRequest.StringToSign(context.Request, claim, payload)))
        {
            throw Refusal(CredentialFault.WrongSignature, claim);
        }

        context.Features.Set(ChunkSignatures.Of(claim, payload, text => signing.Sign(key.Secret, claim.Credential.Scope, text)));
        return scope with { Caller = key.Caller };
    }

    /// <summary>The key of a credential that is good.</summary>
    /// <param name="token">The token of a session; null for a user's key.</param>
    /// <exception cref="AwsError">Nobody has the key, the token is not its own, or its session is over.</exception>
    public AccessKey RequireKey(Credential credential, string? token)
    {
        var key = keys.Find(credential.AccessKeyId, token)
            ?? throw CredentialErrors.Of(token is null ? CredentialFault.UnknownKey : CredentialFault.WrongToken, credential.Service);
        return key.Caller.Session?.ExpiresAt <= time.GetUtcNow() ? throw CredentialErrors.Of(CredentialFault.ExpiredToken, credential.Service) : key;
    }

    private void CheckTime(SignatureClaim claim, DateTimeOffset moment)
    {
        var day = moment.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        if (day != claim.Credential.Date)
        {
            throw claim.Service == "s3"
                ? Refusal(CredentialFault.Malformed, claim, $"Invalid credential date \"{claim.Credential.Date}\". This date is not the same as X-Amz-Date: \"{day}\".")
                : Refusal(CredentialFault.Skewed, claim, $"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{claim.Credential.Date}' != '{day}'.");
        }

        var now = time.GetUtcNow();
        var skew = claim.Service == "s3" ? SkewOfS3 : Skew;
        var good = claim.IsPresigned ? PresignedPeriod.Of(claim) : skew;
        if (moment + good < now && claim is { IsPresigned: true, Service: "s3" })
        {
            throw new AwsError(403, "AccessDenied", "Request has expired");
        }

        if (moment + good < now)
        {
            throw Refusal(CredentialFault.Skewed, claim, $"Signature expired: {claim.Time} is now earlier than {Text(now - good)} ({Text(now)} - {good.TotalMinutes} min.)");
        }

        if (moment - skew > now)
        {
            throw Refusal(CredentialFault.Skewed, claim, $"Signature not yet current: {claim.Time} is still later than {Text(now + skew)} ({Text(now)} + {skew.TotalMinutes} min.)");
        }
    }

    /// <summary>The host is signed in any case, and for S3 whatever changes what a request does.</summary>
    private static void CheckHeaders(HttpRequest request, SignatureClaim claim)
    {
        if (claim.Service != "s3" && !claim.SignedHeaders.Contains("host"))
        {
            throw Refusal(CredentialFault.WrongSignature, claim);
        }

        if (claim.Service == "s3" && request.Headers.Keys.Any(name =>
            (name.Equals("host", StringComparison.OrdinalIgnoreCase) || name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase))
            && !claim.SignedHeaders.Contains(name, StringComparer.OrdinalIgnoreCase)))
        {
            throw new AwsError(403, "AccessDenied", "There were headers present in the request which were not signed");
        }
    }

    private static string PayloadOfS3(HttpRequest request, SignatureClaim claim)
    {
        const string Unsigned = "UNSIGNED-PAYLOAD";
        var hash = request.Headers["x-amz-content-sha256"].ToString();
        return hash switch
        {
            "" when claim.IsPresigned => Unsigned,
            "" => throw new AwsError(400, "InvalidRequest", "Missing required header for this request: x-amz-content-sha256"),
            Unsigned or ChunkSignatures.Unsigned or ChunkSignatures.Signed or ChunkSignatures.SignedWithTrailer => hash,
            { Length: 2 * SHA256.HashSizeInBytes } when hash.All(char.IsAsciiHexDigit) => hash,
            _ => throw new AwsError(
                400, "InvalidArgument",
                $"x-amz-content-sha256 must be {Unsigned}, {ChunkSignatures.Unsigned}, {ChunkSignatures.Signed}, {ChunkSignatures.SignedWithTrailer} or a valid sha256 value."),
        };
    }

    /// <summary>The body of all services but S3 is a document: it is read whole, and put in place of what was read.</summary>
    private static async Task<string> HashBodyAsync(HttpContext context)
    {
        var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        body.Position = 0;
        context.Request.Body = body;
        return Convert.ToHexStringLower(SHA256.HashData(body.GetBuffer().AsSpan(0, (int)body.Length)));
    }

    private static AwsError Incomplete(HttpRequest request) => request.Headers.ContainsKey("X-Amz-Target")
        ? CredentialErrors.Of(CredentialFault.Malformed, "", "Authorization header requires 'Credential', 'Signature' and 'SignedHeaders' parameters.")
        : request.Headers.Authorization.Count > 0
            ? CredentialErrors.Of(CredentialFault.Malformed, "s3", "it requires three components: Credential, SignedHeaders, and Signature.")
            : PresignedPeriod.Incomplete();

    private static AwsError Refusal(CredentialFault fault, SignatureClaim claim, string detail = "") => CredentialErrors.Of(fault, claim.Service, detail);

    private static string Text(DateTimeOffset moment) => moment.UtcDateTime.ToString(SignatureClaim.TimeFormat, CultureInfo.InvariantCulture);
}
