namespace BuildPipeline.Sandbox.S3.Storage;

/// <summary>The account's keys of KMS, as far as S3 uses them.</summary>
internal interface IKmsKeys
{
    /// <summary>The ARN of a key that can encrypt objects of a bucket.</summary>
    /// <param name="name">Id, ARN or alias; null for the key that AWS manages for S3.</param>
    /// <param name="region">The bucket's region.</param>
    /// <exception cref="Protocols.AwsError">KMS has no such key there, or it is disabled.</exception>
    string Require(string? name, string region);
}
