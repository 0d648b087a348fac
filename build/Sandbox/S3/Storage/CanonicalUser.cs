using System.Security.Cryptography;
using System.Text;

namespace BuildPipeline.Sandbox.S3.Storage;

/// <summary>Canonical user ids, by which ACLs name accounts: 64 hexadecimal digits, of which the last twelve are the account's id.</summary>
internal static class CanonicalUser
{
    /// <summary>S3's own id for whoever sends a request without credentials.</summary>
    public const string Anonymous = "65a011a29cdf8ec533ec3d1ccaae921c";

    private const int AccountLength = 12;
    private const int DigestLength = 64 - AccountLength;

    public static string IdOf(string account) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(account)))[..DigestLength] + account;

    /// <returns>Null if no account has that id.</returns>
    public static string? AccountOf(string id) => id.Length == DigestLength + AccountLength && id[DigestLength..] is var account && IdOf(account) == id ? account : null;
}
