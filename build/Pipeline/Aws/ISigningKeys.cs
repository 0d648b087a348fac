namespace BuildPipeline.Aws;

/// <summary>A signature that KMS made.</summary>
/// <param name="KeyArn">ARN of the key, also where an alias named it.</param>
/// <param name="Value">The signature, DER.</param>
public sealed record KeySignature(string KeyArn, byte[] Value);

/// <summary>Keys of KMS that sign: ECDSA on the curve P-256, with SHA-256.</summary>
public interface ISigningKeys
{
    /// <summary>Signs a digest.</summary>
    /// <param name="key">ARN of the key, or of an alias.</param>
    /// <param name="digest">SHA-256 of what is signed.</param>
    /// <exception cref="PipelineException">KMS refuses it, or does not answer.</exception>
    Task<KeySignature> SignAsync(string key, byte[] digest, CancellationToken cancellationToken);

    /// <summary>The public part of a key: SubjectPublicKeyInfo, DER.</summary>
    /// <param name="key">ARN of the key, or of an alias.</param>
    /// <exception cref="PipelineException">KMS refuses it, or does not answer.</exception>
    Task<byte[]> ReadPublicKeyAsync(string key, CancellationToken cancellationToken);
}
