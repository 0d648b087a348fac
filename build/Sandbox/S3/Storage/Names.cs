using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.S3.Storage;

/// <summary>AWS's rules for the name of a general purpose bucket.</summary>
internal static partial class BucketName
{
    private static readonly string[] ReservedPrefixes = ["xn--", "sthree-", "amzn-s3-demo-"];
    private static readonly string[] ReservedSuffixes = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

    /// <exception cref="AwsError">InvalidBucketName.</exception>
    public static void Validate(string name)
    {
        if (!Pattern().IsMatch(name)
            || name.Contains("..", StringComparison.Ordinal)
            || IPAddress.TryParse(name, out _)
            || Array.Exists(ReservedPrefixes, prefix => name.StartsWith(prefix, StringComparison.Ordinal))
            || Array.Exists(ReservedSuffixes, suffix => name.EndsWith(suffix, StringComparison.Ordinal)))
        {
            throw Invalid(name);
        }
    }

    /// <summary>Old buckets have names that no new one can have, so what can name none at all is less than <see cref="Validate"/> refuses.</summary>
    /// <param name="name">Empty in a request for no bucket.</param>
    /// <exception cref="AwsError">InvalidBucketName.</exception>
    public static void CheckPossible(string name)
    {
        if (name.Length > 0 && !OldPattern().IsMatch(name))
        {
            throw Invalid(name);
        }
    }

    private static AwsError Invalid(string name) => new(400, "InvalidBucketName", $"The specified bucket is not valid: {name}");

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{3,255}\z")]
    private static partial Regex OldPattern();

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\z")]
    private static partial Regex Pattern();
}

/// <summary>AWS's rule for a key.</summary>
internal static class ObjectKey
{
    private const int MaximumBytes = 1024;

    /// <exception cref="AwsError">KeyTooLongError.</exception>
    public static void Validate(string key)
    {
        if (Encoding.UTF8.GetByteCount(key) > MaximumBytes)
        {
            throw new AwsError(400, "KeyTooLongError", "Your key is too long: 1024 bytes are the most.");
        }
    }
}
