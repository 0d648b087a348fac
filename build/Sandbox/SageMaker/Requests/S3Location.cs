namespace BuildPipeline.Sandbox.SageMaker.Requests;

/// <summary>A bucket and a key prefix, out of <c>s3://BUCKET/PREFIX</c>.</summary>
internal sealed record S3Location(string Bucket, string Prefix)
{
    public static S3Location Parse(string uri) =>
        uri[(uri.IndexOf("://", StringComparison.Ordinal) + 3)..].Split('/', 2) is [var bucket, var prefix]
            ? new S3Location(bucket, prefix)
            : new S3Location(uri.Split('/')[^1], "");

    /// <summary>Key of what is under the prefix as under a folder.</summary>
    public string KeyOf(string relativePath) => Prefix.Length == 0 ? relativePath : $"{Prefix.TrimEnd('/')}/{relativePath}";

    public override string ToString() => $"s3://{Bucket}/{Prefix}";
}
