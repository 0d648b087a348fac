using System.Globalization;
using System.Text.Json.Serialization;

namespace BuildPipeline.Sandbox.Protocols;

/// <summary>Who signed a request: a user of an account, or a session of a role.</summary>
/// <param name="AccessKeyId">Id of the key that signed.</param>
/// <param name="Account">Id of the principal's account, twelve digits.</param>
/// <param name="Arn">As GetCallerIdentity says it: <c>arn:aws:iam::ACCOUNT:user/NAME</c> or <c>arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION</c>.</param>
/// <param name="UserId">The policy key <c>aws:userid</c>; of a session the role's id, a colon and the session's name.</param>
/// <param name="Session">Null for a user.</param>
internal sealed record Caller(string AccessKeyId, string Account, string Arn, string UserId, RoleSession? Session = null)
{
    /// <summary>The one user that every account has. Policies do not limit it.</summary>
    public const string UserName = "sandbox";

    /// <summary>ARN of the user or role whose policies count: the policy key <c>aws:PrincipalArn</c>.</summary>
    [JsonIgnore]
    public string PrincipalArn => Session?.RoleArn ?? Arn;

    /// <summary>Values of the policy keys that tell the caller, by their names without case.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, string> PolicyKeys
    {
        get
        {
            var keys = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
            {
                ["aws:PrincipalType"] = Session is null ? "User" : "AssumedRole",
                ["aws:PrincipalArn"] = PrincipalArn,
                ["aws:PrincipalAccount"] = Account,
                ["aws:PrincipalIsAWSService"] = "false",
                ["aws:userid"] = UserId,
            };
            if (Session is null)
            {
                keys["aws:username"] = UserName;
                return keys;
            }

            keys["aws:TokenIssueTime"] = Session.IssuedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            foreach (var (name, value) in Session.Tags)
            {
                keys["aws:PrincipalTag/" + name] = value;
            }

            return keys;
        }
    }

    /// <summary>The user of an account.</summary>
    public static Caller UserOf(string account, string accessKeyId = UserName) =>
        new(accessKeyId, account, $"arn:aws:iam::{account}:user/{UserName}", UserName);
}

/// <summary>A session of a role, which STS issued.</summary>
/// <param name="RoleArn">With the role's path.</param>
/// <param name="Tags">Session tags.</param>
/// <param name="TransitiveTags">Names of the tags that sessions inherit that this one starts.</param>
internal sealed record RoleSession(
    string RoleArn, string Name, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt,
    IReadOnlyDictionary<string, string> Tags, IReadOnlyList<string> TransitiveTags);
