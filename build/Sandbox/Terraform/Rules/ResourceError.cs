namespace BuildPipeline.Sandbox.Terraform.Rules;

/// <summary>Why a resource or data source is refused, in words like the real provider's.</summary>
/// <param name="summary">The sentence that terraform prints after "Error:".</param>
/// <param name="detail">More to say under it; may be empty.</param>
/// <param name="attribute">The attribute at fault; null if it is the whole.</param>
internal sealed class ResourceError(string summary, string detail = "", string? attribute = null) : Exception(summary)
{
    public string Detail { get; } = detail;

    public string? Attribute { get; } = attribute;

    /// <summary>A refusal by an AWS API as the provider words it.</summary>
    /// <param name="action">What the provider was doing, for example <c>creating S3 Bucket (logs)</c>.</param>
    /// <param name="operation">Service and operation, for example <c>S3: CreateBucket</c>.</param>
    public static ResourceError FromApi(string action, string operation, int status, string code, string message) =>
        new($"{action}: operation error {operation}, https response error StatusCode: {status}, api error {code}: {message}");

    /// <summary>A refusal that many resource types share, by AWS's error code alone.</summary>
    public static ResourceError Refused(string action, string code, string message) => new($"{action}: api error {code}: {message}");
}
