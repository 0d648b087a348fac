namespace BuildPipeline.Sandbox.Policies;

/// <summary>What a policy decides on.</summary>
/// <param name="Action">For example <c>s3:GetObject</c>.</param>
/// <param name="Resource">ARN of the bucket or object; <c>*</c> where the action has no resource.</param>
internal sealed record PolicyRequest(string Action, string Resource, PolicyPrincipal Principal, PolicyValues Values);
