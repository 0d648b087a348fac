using BuildPipeline.Sandbox.Identity;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>The signature of an upload form, of version 4: it is one of the policy, and no signature of the request.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html.</remarks>
internal sealed class PostSignature(Authenticator authenticator, SigningKeys signing)
{
    private const string Algorithm = SignatureClaim.Algorithm;

    /// <param name="fields">The form's fields, by names without case.</param>
    /// <returns>Who signed the form; null if nobody did.</returns>
    /// <exception cref="AwsError">The signature is incomplete, of another version, of no key that is good, or not one of the policy.</exception>
    public Caller? Verify(IReadOnlyDictionary<string, string> fields)
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

        if (Credential.Parse(credential) is not { Service: "s3" } signer || !date.StartsWith(signer.Date, StringComparison.Ordinal))
        {
            throw Invalid("the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".");
        }

        var key = authenticator.RequireKey(signer, fields.GetValueOrDefault("x-amz-security-token"));
        return signing.Verify(signature, key.Secret, signer.Scope, policy)
            ? key.Caller
            : throw CredentialErrors.Of(CredentialFault.WrongSignature, signer.Service);
    }

    private static string Require(IReadOnlyDictionary<string, string> fields, string name) => fields.TryGetValue(name, out var value)
        ? value
        : throw Invalid($"Bucket POST must contain a field named '{name}'.  If it is specified, please check the order of the fields.");

    private static AwsError Invalid(string message) => new(400, "InvalidArgument", message);
}
