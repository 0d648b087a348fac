using System.Security.Cryptography;
using System.Text;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>The signature of an upload form, of version 4. It is verified: programs sign forms by hand, and the secret of every key here is <c>sandbox</c>.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html.</remarks>
internal static class PostSignature
{
    private const string Secret = "sandbox";
    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <param name="fields">The form's fields, by names without case.</param>
    /// <returns>Whose key signed the form; null if nobody did.</returns>
    /// <exception cref="AwsError">The signature is incomplete, of another version, or not one of the policy.</exception>
    public static AwsScope? Verify(IReadOnlyDictionary<string, string> fields)
    {
        if (fields.ContainsKey("AWSAccessKeyId") || fields.ContainsKey("signature"))
        {
            throw new AwsError(400, "InvalidRequest", $"The authorization mechanism you have provided is not supported. Please use {Algorithm}.");
        }

        if (!fields.ContainsKey("policy") && !fields.ContainsKey("x-amz-signature"))
        {
            return null;
        }

        var (policy, algorithm, credential) = (Require(fields, "policy"), Require(fields, "x-amz-algorithm"), Require(fields, "x-amz-credential"));
        var (date, signature) = (Require(fields, "x-amz-date"), Require(fields, "x-amz-signature"));
        if (algorithm != Algorithm)
        {
            throw Invalid($"x-amz-algorithm must be {Algorithm}, but is '{algorithm}'.");
        }

        if (AwsScope.Parse(credential) is not { Service: "s3" } scope || !date.StartsWith(credential.Split('/')[^4], StringComparison.Ordinal))
        {
            throw Invalid("the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".");
        }

        var key = credential.Split('/')[^4..].Aggregate(Encoding.UTF8.GetBytes("AWS4" + Secret), Sign);
        return Convert.ToHexStringLower(Sign(key, policy)) == signature
            ? scope
            : throw new AwsError(
                403, "SignatureDoesNotMatch",
                "The request signature we calculated does not match the signature you provided. Check your key and signing method.");
    }

    private static byte[] Sign(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    private static string Require(IReadOnlyDictionary<string, string> fields, string name) => fields.TryGetValue(name, out var value)
        ? value
        : throw Invalid($"Bucket POST must contain a field named '{name}'.  If it is specified, please check the order of the fields.");

    private static AwsError Invalid(string message) => new(400, "InvalidArgument", message);
}
