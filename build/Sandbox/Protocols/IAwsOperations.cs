namespace BuildPipeline.Sandbox.Protocols;

/// <summary>Operations of a service that belong together.</summary>
internal interface IAwsOperations
{
    /// <summary>By their names.</summary>
    IReadOnlyDictionary<string, AwsOperation> Operations { get; }
}
