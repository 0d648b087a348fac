using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Identity;

/// <summary>A key that requests are signed with, and whose it is.</summary>
internal sealed record AccessKey(string Secret, Caller Caller);

/// <summary>The keys that are good: the user's of the sandbox's account, the user's of every other account, and those of the sessions that STS issued.</summary>
internal sealed class AccessKeys(SandboxSettings settings, Sessions sessions)
{
    /// <summary>The secret of all users.</summary>
    public const string UserSecret = "sandbox";

    private const int AccountLength = 12;

    /// <param name="token">The token of a session; null for a user's key.</param>
    /// <returns>Null if there is no such key, or the token is not the key's.</returns>
    public AccessKey? Find(string accessKeyId, string? token)
    {
        if (token is not null)
        {
            return sessions.Find(accessKeyId, token);
        }

        // Another account exists as soon as somebody signs with its id.
        var account = accessKeyId == Caller.UserName ? settings.AccountId
            : accessKeyId.Length == AccountLength && accessKeyId.All(char.IsAsciiDigit) ? accessKeyId
            : null;
        return account is null ? null : new AccessKey(UserSecret, Caller.UserOf(account, accessKeyId));
    }
}
