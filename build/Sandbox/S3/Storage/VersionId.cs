using System.Globalization;
using System.Security.Cryptography;

namespace BuildPipeline.Sandbox.S3.Storage;

/// <summary>Ids of versions: opaque to clients, and still a position in a listing once the version is deleted.</summary>
internal static class VersionId
{
    private const int HalfLength = 16;

    public static string Create(long sequence) =>
        sequence.ToString("x16", CultureInfo.InvariantCulture) + RandomNumberGenerator.GetHexString(HalfLength, lowercase: true);

    /// <returns>The sequence number of the version with that id; null if no version ever had it.</returns>
    public static long? SequenceOf(string id) =>
        id.Length == 2 * HalfLength && long.TryParse(id.AsSpan(0, HalfLength), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var sequence)
            ? sequence
            : null;
}
