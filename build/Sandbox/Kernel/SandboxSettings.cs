namespace BuildPipeline.Sandbox.Kernel;

/// <summary>What the sandbox was started with.</summary>
/// <param name="StateFolder">Absolute path of the folder that holds all state; by default <c>.sandbox</c>.</param>
/// <param name="AccountId">The account that all services have, twelve digits.</param>
/// <param name="Region">The region assumed where a request names none.</param>
internal sealed record SandboxSettings(string StateFolder, string AccountId = "000000000000", string Region = "us-east-1")
{
    /// <summary>Compatibility mode: new buckets have ACLs and no Block Public Access, and S3 answers with display names, as before April 2023.</summary>
    public bool OldBucketDefaults { get; init; }

    /// <summary>The folder of one part's state, created on first use.</summary>
    public string FolderOf(string part) => Directory.CreateDirectory(Path.Combine(StateFolder, part)).FullName;

    /// <summary>The ARN of something of the account.</summary>
    /// <param name="resource">What follows the account's id, for example <c>alarm:NAME</c>.</param>
    public string Arn(string service, string region, string resource) => $"arn:{Partition.From(region).Name}:{service}:{region}:{AccountId}:{resource}";
}
