namespace BuildPipeline.Sandbox.Protocols;

/// <summary>An error that AWS would answer with; each protocol writes it in its own form.</summary>
/// <param name="status">HTTP status code.</param>
/// <param name="code">AWS's error code, for example <c>NoSuchKey</c>.</param>
/// <param name="message">The sentence for the caller.</param>
internal sealed class AwsError(int status, string code, string message) : Exception(message)
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    /// <summary>Headers that the answer has besides.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
}
