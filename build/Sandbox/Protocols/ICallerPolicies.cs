namespace BuildPipeline.Sandbox.Protocols;

/// <summary>The policies that limit callers who are sessions of roles.</summary>
internal interface ICallerPolicies
{
    /// <param name="service">Name of the service's model.</param>
    /// <param name="call">Its input is one that the service's model allows.</param>
    /// <exception cref="AwsError">The policies do not allow the caller what the operation needs, or nobody knows what it needs.</exception>
    void Require(string service, string operation, AwsCall call);
}
