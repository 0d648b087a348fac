using System.Buffers.Binary;
using System.IO.Hashing;
using System.Security.Cryptography;

namespace BuildPipeline.Sandbox.S3.Storage;

/// <summary>A checksum that S3 stores with an object.</summary>
/// <param name="Name">As in <c>x-amz-checksum-algorithm</c>, for example <c>CRC64NVME</c>.</param>
/// <param name="Header">The header or trailer with the value in Base64.</param>
/// <param name="Element">The XML element with the value.</param>
/// <param name="DefaultType">What a multipart upload gets that asks for no type.</param>
internal sealed record ChecksumAlgorithm(string Name, string Header, string Element, string DefaultType, Func<Digest> Start)
{
    public const string Composite = "COMPOSITE";
    public const string FullObject = "FULL_OBJECT";

    public static IReadOnlyList<ChecksumAlgorithm> All { get; } =
    [
        new("CRC32", "x-amz-checksum-crc32", "ChecksumCRC32", Composite, () => new Crc32Digest(Crc32ParameterSet.Crc32)),
        new("CRC32C", "x-amz-checksum-crc32c", "ChecksumCRC32C", Composite, () => new Crc32Digest(Crc32ParameterSet.Crc32C)),
        new("CRC64NVME", "x-amz-checksum-crc64nvme", "ChecksumCRC64NVME", FullObject, () => new Crc64Digest()),
        new("SHA1", "x-amz-checksum-sha1", "ChecksumSHA1", Composite, () => new CryptographicDigest(HashAlgorithmName.SHA1)),
        new("SHA256", "x-amz-checksum-sha256", "ChecksumSHA256", Composite, () => new CryptographicDigest(HashAlgorithmName.SHA256)),
    ];

    /// <summary>What S3 computes of an object whose client sends no checksum.</summary>
    public static ChecksumAlgorithm Default { get; } = Named("CRC64NVME")!;

    /// <summary>The types that an upload in parts may have.</summary>
    public IReadOnlyList<string> Types => Name switch
    {
        "CRC64NVME" => [FullObject],
        "SHA1" or "SHA256" => [Composite],
        _ => [Composite, FullObject],
    };

    public static ChecksumAlgorithm? Named(string name) =>
        All.FirstOrDefault(algorithm => algorithm.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <exception cref="Protocols.AwsError">InvalidRequest: there is none of that name.</exception>
    public static ChecksumAlgorithm Require(string name) => Named(name) ?? throw S3Errors.InvalidRequest($"Checksum algorithm provided is unsupported: {name}");
}

/// <summary>A digest that grows with the bytes.</summary>
internal abstract class Digest : IDisposable
{
    public abstract void Append(ReadOnlySpan<byte> bytes);

    public abstract byte[] Finish();

    public virtual void Dispose()
    {
    }
}

internal sealed class CryptographicDigest(HashAlgorithmName algorithm) : Digest
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(algorithm);

    public override void Append(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

    public override byte[] Finish() => _hash.GetHashAndReset();

    public override void Dispose()
    {
        _hash.Dispose();
        base.Dispose();
    }
}

internal sealed class Crc32Digest(Crc32ParameterSet parameters) : Digest
{
    private readonly Crc32 _crc = new(parameters);

    public override void Append(ReadOnlySpan<byte> bytes) => _crc.Append(bytes);

    public override byte[] Finish()
    {
        var bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, _crc.GetCurrentHashAsUInt32());
        return bytes;
    }
}

internal sealed class Crc64Digest : Digest
{
    private readonly Crc64 _crc = new(Crc64ParameterSet.Nvme);

    public override void Append(ReadOnlySpan<byte> bytes) => _crc.Append(bytes);

    public override byte[] Finish()
    {
        var bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, _crc.GetCurrentHashAsUInt64());
        return bytes;
    }
}
