using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>The encryption of a new object: what the writer asks for, or the bucket's default.</summary>
internal sealed class EncryptionOfWrite(IKmsKeys keys, SessionGate sessions)
{
    private const string Header = "x-amz-server-side-encryption";
    private const string KeyHeader = "x-amz-server-side-encryption-aws-kms-key-id";

    /// <returns>The headers with the encryption, and with the ARN of the key where there is one.</returns>
    /// <exception cref="Protocols.AwsError">The request contradicts itself, the bucket refuses it, or KMS has no such key.</exception>
    public ObjectHeaders Apply(S3Call call, ObjectHeaders headers, BucketRecord bucket)
    {
        var (algorithm, key, customerKey) = (call.Header(Header), call.Header(KeyHeader), CustomerKey.Md5Of(call));
        if (customerKey is not null && algorithm is not null)
        {
            throw S3Errors.InvalidArgument("Server Side Encryption with Customer provided key is incompatible with the encryption method specified");
        }

        if (key is not null && algorithm?.StartsWith("aws:kms", StringComparison.Ordinal) != true)
        {
            throw S3Errors.InvalidArgument("Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms");
        }

        if (customerKey is not null && DefaultEncryption.BlocksCustomerKeys(bucket))
        {
            throw S3Errors.AccessDenied();
        }

        var encrypted = DefaultEncryption.Apply(
            headers with { ServerSideEncryption = algorithm, KmsKeyId = key, CustomerKeyMd5 = customerKey }, bucket);
        if (encrypted.ServerSideEncryption?.StartsWith("aws:kms", StringComparison.Ordinal) != true)
        {
            return encrypted;
        }

        // The parts of an upload are read again to be put together.
        var withKey = encrypted with { KmsKeyId = keys.Require(encrypted.KmsKeyId, bucket.Region) };
        sessions.RequireKey(
            call.Requester.Caller, withKey, call.Bucket, call.Key, call.Operation == "CreateMultipartUpload" ? ["kms:GenerateDataKey", "kms:Decrypt"] : ["kms:GenerateDataKey"]);
        return withKey;
    }

    /// <summary>What a write, or a read, answers of the encryption.</summary>
    public static void Write(HttpResponse response, ObjectHeaders headers)
    {
        response.Headers[Header] = headers.ServerSideEncryption;
        response.Headers[KeyHeader] = headers.KmsKeyId;
        response.Headers[DefaultEncryption.BucketKeyHeader] = headers.Others?.GetValueOrDefault(DefaultEncryption.BucketKeyHeader) == "true" ? "true" : null;
        CustomerKey.Write(response, headers.CustomerKeyMd5);
    }
}
