namespace BuildPipeline.Sandbox.Policies;

/// <summary>A text is no policy, or has a part that nobody could evaluate: AWS's MalformedPolicyDocument.</summary>
/// <param name="message">The sentence for whoever puts the policy.</param>
internal sealed class PolicySyntaxException(string message) : Exception(message);
