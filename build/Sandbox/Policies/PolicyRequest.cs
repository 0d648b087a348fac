namespace BuildPipeline.Sandbox.Policies;

/// <summary>What a policy decides on.</summary>
/// <param name="Action">For example <c>s3:GetObject</c>.</param>
/// <param name="Resource">ARN of the bucket or object.</param>
/// <param name="Principals">The names that the caller answers to: its ARN, its account's ARN and ids; <c>*</c> is everybody's.</param>
/// <param name="Values">The values of a condition key; none where the request has no such key.</param>
internal sealed record PolicyRequest(
    string Action, string Resource, IReadOnlyList<string> Principals, Func<string, IReadOnlyList<string>> Values);
