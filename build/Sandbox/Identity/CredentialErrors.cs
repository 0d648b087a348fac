using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Identity;

/// <summary>What can be wrong with the credentials of a request.</summary>
internal enum CredentialFault
{
    /// <summary>There are none, and the operation needs them.</summary>
    Missing,

    /// <summary>The signature lacks a part, or has one that cannot be read.</summary>
    Malformed,

    /// <summary>It is not said when the request was signed.</summary>
    NoTime,

    /// <summary>The request was signed too long ago, or will be.</summary>
    Skewed,

    /// <summary>Nobody has the key.</summary>
    UnknownKey,

    /// <summary>The token is not that of the key's session.</summary>
    WrongToken,

    /// <summary>The session is over.</summary>
    ExpiredToken,

    /// <summary>The secret is wrong, or the request is not the one that was signed.</summary>
    WrongSignature,
}

/// <summary>The errors in the codes that each service has for them.</summary>
internal static class CredentialErrors
{
    private const string BadToken = "The security token included in the request is invalid.";
    private const string TokenIsOver = "The security token included in the request is expired";
    private const string NotMatching =
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";

    /// <param name="service">Signing name.</param>
    /// <param name="detail">What is wrong in this case, for faults whose message has it.</param>
    public static AwsError Of(CredentialFault fault, string service, string detail = "") => service switch
    {
        "s3" => OfS3(fault, detail),
        "ec2" => OfEc2(fault, detail),
        "sts" or "iam" or "sns" or "monitoring" => OfQuery(fault, detail),
        _ => OfJson(fault, detail),
    };

    private static AwsError OfS3(CredentialFault fault, string detail) => fault switch
    {
        CredentialFault.Missing => new(403, "AccessDenied", detail),
        CredentialFault.Malformed => new(400, "AuthorizationHeaderMalformed", $"The authorization header is malformed; {detail}"),
        CredentialFault.NoTime => new(403, "AccessDenied", "AWS authentication requires a valid Date or x-amz-date header"),
        CredentialFault.Skewed => new(403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large."),
        CredentialFault.UnknownKey => new(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records."),
        CredentialFault.WrongToken => new(400, "InvalidToken", "The provided token is malformed or otherwise invalid."),
        CredentialFault.ExpiredToken => new(400, "ExpiredToken", "The provided token has expired."),
        _ => new(403, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided. Check your key and signing method."),
    };

    private static AwsError OfEc2(CredentialFault fault, string detail) => fault switch
    {
        CredentialFault.Missing => new(400, "MissingAuthenticationToken", detail),
        CredentialFault.Malformed or CredentialFault.NoTime => new(400, "IncompleteSignature", detail),
        CredentialFault.Skewed or CredentialFault.ExpiredToken => new(400, "RequestExpired", "Request has expired."),
        _ => new(401, "AuthFailure", "AWS was not able to validate the provided access credentials"),
    };

    private static AwsError OfQuery(CredentialFault fault, string detail) => fault switch
    {
        CredentialFault.Missing => new(403, "MissingAuthenticationToken", detail),
        CredentialFault.Malformed or CredentialFault.NoTime => new(400, "IncompleteSignature", detail),
        CredentialFault.Skewed => new(403, "SignatureDoesNotMatch", detail),
        CredentialFault.UnknownKey or CredentialFault.WrongToken => new(403, "InvalidClientTokenId", BadToken),
        CredentialFault.ExpiredToken => new(403, "ExpiredToken", TokenIsOver),
        _ => new(403, "SignatureDoesNotMatch", NotMatching),
    };

    private static AwsError OfJson(CredentialFault fault, string detail) => fault switch
    {
        CredentialFault.Missing => new(400, "MissingAuthenticationTokenException", detail),
        CredentialFault.Malformed or CredentialFault.NoTime => new(400, "IncompleteSignatureException", detail),
        CredentialFault.Skewed => new(400, "InvalidSignatureException", detail),
        CredentialFault.UnknownKey or CredentialFault.WrongToken => new(400, "UnrecognizedClientException", BadToken),
        CredentialFault.ExpiredToken => new(400, "ExpiredTokenException", TokenIsOver),
        _ => new(400, "InvalidSignatureException", NotMatching),
    };
}
