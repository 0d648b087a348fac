using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using BuildPipeline.Sandbox.Iam;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Identity;

/// <summary>STS over the query protocol.</summary>
internal sealed class SecurityTokenService(Sessions sessions, RoleTrust trust, TimeProvider time) : IAwsService
{
    private const int DefaultSeconds = 3600;
    private const int RoleIdLength = 17;

    private static readonly XNamespace Namespace = "https://sts.amazonaws.com/doc/2011-06-15/";
    private static readonly RequestGuard Guard = new("sts", "ValidationError", "MalformedInput");

    public string SigningName => "sts";

    public bool HasOtherAccounts => true;

    public async Task HandleAsync(HttpContext context)
    {
        var (action, input) = await QueryProtocol.ReadAsync(context, Guard);
        var call = AwsCall.Of(context, input);
        object[] result = action switch
        {
            "AssumeRole" => AssumedRole(call),
            "AssumeRoleWithWebIdentity" => AssumedRoleWithWebIdentity(call),
            _ => CallerIdentity(call.Caller!),
        };
        var response = new XElement(
            Namespace + (action + "Response"),
            new XElement(Namespace + (action + "Result"), result),
            Element("ResponseMetadata", Element("RequestId", context.TraceIdentifier)));
        context.Response.ContentType = "text/xml";
        await context.Response.WriteAsync(response.ToString(SaveOptions.DisableFormatting), context.RequestAborted);
    }

    private static XElement[] CallerIdentity(Caller caller) =>
    [
        Element("Arn", caller.Arn),
        Element("UserId", caller.UserId),
        Element("Account", caller.Account),
    ];

    private XElement[] AssumedRole(AwsCall call)
    {
        var role = RoleArn.Parse(call.Input.RequiredText("RoleArn"));
        return StartSession(role, trust.Require(role, call), call.Input, call.Caller);
    }

    private XElement[] AssumedRoleWithWebIdentity(AwsCall call)
    {
        var (role, token) = (RoleArn.Parse(call.Input.RequiredText("RoleArn")), WebIdentityToken.Parse(call.Input.RequiredText("WebIdentityToken"), time.GetUtcNow()));
        return
        [
            .. StartSession(role, trust.Require(role, token, call), call.Input, caller: null),
            Element("SubjectFromWebIdentityToken", token.Subject),
            Element("Audience", token.Audience),
            Element("Provider", token.Issuer),
        ];
    }

    private XElement[] StartSession(RoleArn role, RoleAccess? access, JsonObject input, Caller? caller)
    {
        var tags = SessionTags.Of(input, caller);
        var seconds = input.Integer("DurationSeconds") ?? DefaultSeconds;
        if (caller?.Session is not null && seconds > DefaultSeconds)
        {
            throw new AwsError(400, "ValidationError", "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining");
        }

        var now = time.GetUtcNow();
        var session = new RoleSession(role.Text, input.RequiredText("RoleSessionName"), now, now.AddSeconds(Math.Min(seconds, sessions.Limit.LongestSeconds ?? seconds)), tags.Tags, tags.Transitive);
        var credentials = sessions.Issue(role.Account, role.Name, access?.Id ?? IdOf(role), session);
        return
        [
            Element(
                "Credentials",
                Element("AccessKeyId", credentials.AccessKeyId),
                Element("SecretAccessKey", credentials.Secret),
                Element("SessionToken", credentials.Token),
                Element("Expiration", session.ExpiresAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture))),
            Element("AssumedRoleUser", Element("AssumedRoleId", credentials.Caller.UserId), Element("Arn", credentials.Caller.Arn)),
        ];
    }

    /// <summary>A role that nobody created here has an id, too: always the same one.</summary>
    private static string IdOf(RoleArn role) => "AROA" + Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(role.Text)))[..RoleIdLength];

    private static XElement Element(string name, params object[] content) => new(Namespace + name, content);
}
