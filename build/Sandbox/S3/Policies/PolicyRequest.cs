namespace BuildPipeline.Sandbox.S3.Policies;

/// <summary>What a policy decides on.</summary>
/// <param name="Action">For example <c>s3:GetObject</c>.</param>
/// <param name="Resource">ARN of the bucket or object.</param>
/// <param name="Principals">The names that the caller answers to: its ARN, its account's ARN and ids; <c>*</c> is everybody's.</param>
/// <param name="Values">The values of a condition key; none where the request has no such key.</param>
internal sealed record PolicyRequest(
    string Action, string Resource, IReadOnlyList<string> Principals, Func<string, IReadOnlyList<string>> Values)
{
    /// <summary>The ARN of a bucket, or of an object where there is a key.</summary>
    public static string ResourceOf(string bucket, string key) => $"arn:aws:s3:::{bucket}{(key.Length == 0 ? "" : "/" + key)}";
}
