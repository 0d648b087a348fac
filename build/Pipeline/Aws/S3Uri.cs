using System.Diagnostics.CodeAnalysis;

namespace BuildPipeline.Aws;

/// <summary>A place in S3.</summary>
/// <param name="Bucket">Bucket name.</param>
/// <param name="Key">Object key or key prefix; empty is the bucket itself.</param>
public sealed record S3Uri(string Bucket, string Key)
{
    private const string Scheme = "s3://";

    /// <summary>Reads <c>s3://BUCKET/KEY</c>.</summary>
    public static bool TryParse(string? uri, [NotNullWhen(true)] out S3Uri? location)
    {
        location = null;
        if (uri is null || !uri.StartsWith(Scheme, StringComparison.Ordinal))
        {
            return false;
        }

        var parts = uri[Scheme.Length..].Split('/', 2);
        if (parts[0].Length is < 3 or > 63)
        {
            return false;
        }

        location = new(parts[0], parts.Length == 2 ? parts[1] : "");
        return true;
    }

    /// <summary>The same place as a folder: its key ends with one slash, or is empty for the whole bucket.</summary>
    /// <remarks>Without the slash, S3 and IAM compare letters: <c>patients</c> would include <c>patients-private/</c>.</remarks>
    public S3Uri AsFolder() => Key.TrimEnd('/') is { Length: > 0 } name ? this with { Key = name + "/" } : this with { Key = "" };

    /// <summary><c>s3://BUCKET/KEY</c>.</summary>
    public override string ToString() => $"{Scheme}{Bucket}/{Key}";
}
