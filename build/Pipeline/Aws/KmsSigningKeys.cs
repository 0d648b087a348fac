using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;

namespace BuildPipeline.Aws;

/// <summary>Signs in KMS, in the region that the key's ARN names.</summary>
public sealed class KmsSigningKeys(IAwsClients clients) : ISigningKeys
{
    /// <inheritdoc/>
    public Task<KeySignature> SignAsync(string key, byte[] digest, CancellationToken cancellationToken) => AskAsync(key, "signing with", async kms =>
    {
        using var message = new MemoryStream(digest);
        var signed = await kms.SignAsync(
            new SignRequest { KeyId = key, Message = message, MessageType = MessageType.DIGEST, SigningAlgorithm = SigningAlgorithmSpec.ECDSA_SHA_256 }, cancellationToken);
        return new KeySignature(signed.KeyId, signed.Signature.ToArray());
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<byte[]> ReadPublicKeyAsync(string key, CancellationToken cancellationToken) => AskAsync(
        key, "reading the public part of", async kms => (await kms.GetPublicKeyAsync(new GetPublicKeyRequest { KeyId = key }, cancellationToken)).PublicKey.ToArray(), cancellationToken);

    private async Task<T> AskAsync<T>(string key, string doing, Func<IAmazonKeyManagementService, Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ask(clients.KeysIn(key.Split(':')[3]));
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            throw AwsErrors.ToPipelineException(exception, $"{doing} the key {key}", clients.Connection);
        }
    }
}
