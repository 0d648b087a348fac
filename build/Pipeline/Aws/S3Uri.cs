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

    /// <summary><c>s3://BUCKET/KEY</c>.</summary>
    public override string ToString() => $"{Scheme}{Bucket}/{Key}";
}
