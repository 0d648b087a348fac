using System.Globalization;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Identity;

/// <summary>How long a presigned request is good.</summary>
internal static class PresignedPeriod
{
    private const int MostSeconds = 7 * 24 * 60 * 60;

    /// <exception cref="AwsError">It says no valid period.</exception>
    public static TimeSpan Of(SignatureClaim claim) =>
        !int.TryParse(claim.Seconds, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds) ? throw Incomplete()
        : seconds is < 0 or > MostSeconds ? throw Invalid($"X-Amz-Expires must be from 0 to {MostSeconds} seconds, which is a week.")
        : TimeSpan.FromSeconds(seconds);

    /// <summary>The query lacks a part of the signature.</summary>
    public static AwsError Incomplete() => Invalid(
        "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.");

    private static AwsError Invalid(string message) => new(400, "AuthorizationQueryParametersError", message);
}
