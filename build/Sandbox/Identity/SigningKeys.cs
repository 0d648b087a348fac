using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace BuildPipeline.Sandbox.Identity;

/// <summary>The keys of signatures of version 4. Each is derived once: it is good for a day, a region and a service.</summary>
internal sealed class SigningKeys
{
    private const int MostKept = 1000;

    private readonly ConcurrentDictionary<(string Secret, string Scope), byte[]> _derived = [];

    /// <summary>The signature of a text, in lower-case hexadecimal digits.</summary>
    /// <param name="scope">DATE/REGION/SERVICE/aws4_request.</param>
    public string Sign(string secret, string scope, string text)
    {
        if (_derived.Count > MostKept)
        {
            _derived.Clear();
        }

        return Convert.ToHexStringLower(Hmac(_derived.GetOrAdd((secret, scope), Derive), text));
    }

    /// <summary>True if a signature is that of the text; how long it takes does not tell how much of it is right.</summary>
    public bool Verify(string signature, string secret, string scope, string text) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), Encoding.UTF8.GetBytes(Sign(secret, scope, text)));

    private static byte[] Derive((string Secret, string Scope) key) => key.Scope.Split('/').Aggregate(Encoding.UTF8.GetBytes("AWS4" + key.Secret), Hmac);

    private static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));
}
