using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Identity;

/// <summary>STS over the query protocol. All credentials it gives out are the word <c>sandbox</c>; for a role of another account the key id is that account's id.</summary>
internal sealed partial class SecurityTokenService(SandboxSettings settings, TimeProvider time) : IAwsService
{
    private const int DefaultSeconds = 3600;
    private const string Fake = "sandbox";

    private static readonly XNamespace Namespace = "https://sts.amazonaws.com/doc/2011-06-15/";
    private static readonly RequestGuard Guard = new("sts", "ValidationError", "MalformedInput");

    public string SigningName => "sts";

    public bool HasOtherAccounts => true;

    public async Task HandleAsync(HttpContext context)
    {
        var (action, input) = await QueryProtocol.ReadAsync(context, Guard);
        object[] result = action switch
        {
            "AssumeRole" => AssumedRole(input),
            "AssumeRoleWithWebIdentity" => AssumedRoleWithWebIdentity(input),
            _ => CallerIdentity(AwsScope.Current(context).AccountOf(settings.AccountId)!),
        };
        var response = new XElement(
            Namespace + (action + "Response"),
            new XElement(Namespace + (action + "Result"), result),
            Element("ResponseMetadata", Element("RequestId", context.TraceIdentifier)));
        context.Response.ContentType = "text/xml";
        await context.Response.WriteAsync(response.ToString(SaveOptions.DisableFormatting), context.RequestAborted);
    }

    private static XElement[] CallerIdentity(string account) =>
    [
        Element("Arn", $"arn:aws:iam::{account}:user/{Fake}"),
        Element("UserId", Fake),
        Element("Account", account),
    ];

    private XElement[] AssumedRoleWithWebIdentity(JsonObject input)
    {
        var token = WebIdentityToken.Parse(input.RequiredText("WebIdentityToken"), time.GetUtcNow());
        return
        [
            .. AssumedRole(input),
            Element("SubjectFromWebIdentityToken", token.Subject),
            Element("Audience", token.Audience),
            Element("Provider", token.Issuer),
        ];
    }

    private XElement[] AssumedRole(JsonObject input)
    {
        var (arn, session) = (input.RequiredText("RoleArn"), input.RequiredText("RoleSessionName"));
        var role = RoleArn().Match(arn);
        if (!role.Success)
        {
            throw new AwsError(400, "ValidationError", $"{arn} is invalid: a role is arn:aws:iam::ACCOUNT:role/NAME.");
        }

        var ends = time.GetUtcNow().AddSeconds(input.Integer("DurationSeconds") ?? DefaultSeconds);
        return
        [
            Element(
                "Credentials",
                Element("AccessKeyId", role.Groups["account"].Value is var account && account == settings.AccountId ? Fake : account),
                Element("SecretAccessKey", Fake),
                Element("SessionToken", Fake),
                Element("Expiration", ends.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture))),
            Element(
                "AssumedRoleUser",
                Element("AssumedRoleId", $"{Fake}:{session}"),
                Element("Arn", $"arn:aws:sts::{role.Groups["account"].Value}:assumed-role/{role.Groups["name"].Value}/{session}")),
        ];
    }

    private static XElement Element(string name, params object[] content) => new(Namespace + name, content);

    [GeneratedRegex(@"\Aarn:aws[a-z-]*:iam::(?<account>\d{12}):role/(?:[^/]+/)*(?<name>[\w+=,.@-]+)\z")]
    private static partial Regex RoleArn();
}
