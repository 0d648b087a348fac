using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Identity;

/// <summary>Credentials of a session, as STS gives them out.</summary>
internal sealed record SessionCredentials(string AccessKeyId, string Secret, string Token, Caller Caller);

/// <summary>
/// Issues sessions and recognizes them. A token holds its session under a seal, and the secret follows from the key id, so nothing is stored
/// but the key of both: sessions outlive the sandbox's process, and none piles up.
/// </summary>
internal sealed class Sessions(SandboxSettings settings)
{
    private const string KeyIdPrefix = "ASIA";
    private const string KeyIdCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private const int KeyIdLength = 16;

    private readonly Lazy<byte[]> _key = new(() => LoadKey(settings.FolderOf("identity")));

    /// <summary>How long sessions that STS issues from now on last at most.</summary>
    public SessionLimit Limit { get; set; } = new(null);

    /// <param name="account">Id of the role's account.</param>
    /// <param name="role">The role's name, without its path.</param>
    /// <param name="roleId">The role's unique id.</param>
    public SessionCredentials Issue(string account, string role, string roleId, RoleSession session)
    {
        var keyId = KeyIdPrefix + RandomNumberGenerator.GetString(KeyIdCharacters, KeyIdLength);
        var caller = new Caller(keyId, account, $"arn:aws:sts::{account}:assumed-role/{role}/{session.Name}", $"{roleId}:{session.Name}", session);
        var content = Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(caller, SandboxJson.Options));
        return new SessionCredentials(keyId, SecretOf(keyId), $"{content}.{Seal(content)}", caller);
    }

    /// <returns>Null if no session has this key and this token. A session that has expired is found.</returns>
    public AccessKey? Find(string accessKeyId, string token)
    {
        if (token.Split('.') is not [var content, var seal]
            || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(seal), Encoding.UTF8.GetBytes(Seal(content))))
        {
            return null;
        }

        try
        {
            var caller = JsonSerializer.Deserialize<Caller>(Base64Url.DecodeFromChars(content), SandboxJson.Options)!;
            return caller.AccessKeyId == accessKeyId ? new AccessKey(SecretOf(accessKeyId), caller) : null;
        }
        catch (JsonException)
        {
            // Another version of the sandbox has issued it.
            return null;
        }
    }

    private string Seal(string content) => Base64Url.EncodeToString(HMACSHA256.HashData(_key.Value, Encoding.UTF8.GetBytes("token " + content)));

    private string SecretOf(string keyId) => Base64Url.EncodeToString(HMACSHA256.HashData(_key.Value, Encoding.UTF8.GetBytes("secret " + keyId)));

    private static byte[] LoadKey(string folder)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var path = Path.Combine(folder, "session-key");
        if (!File.Exists(path))
        {
            AtomicFile.Write(path, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes)));
        }

        return Encoding.UTF8.GetBytes(File.ReadAllText(path));
    }
}
