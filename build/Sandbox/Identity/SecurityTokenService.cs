using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Identity;

/// <summary>STS over the query protocol. All credentials it gives out are the word <c>sandbox</c>.</summary>
internal sealed partial class SecurityTokenService(SandboxSettings settings, TimeProvider time) : IAwsService
{
    private const int LeastSeconds = 900;
    private const int MostSeconds = 43_200;
    private const string Fake = "sandbox";

    private static readonly XNamespace Namespace = "https://sts.amazonaws.com/doc/2011-06-15/";

    public string SigningName => "sts";

    public async Task HandleAsync(HttpContext context)
    {
        var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync(context.RequestAborted) : FormCollection.Empty;
        var action = form["Action"].ToString();
        object[] result = action switch
        {
            "GetCallerIdentity" => CallerIdentity(),
            "AssumeRole" => AssumedRole(form),
            "AssumeRoleWithWebIdentity" => AssumedRoleWithWebIdentity(form),
            _ => throw new AwsError(400, "InvalidAction", $"Could not find operation {action} for version 2011-06-15"),
        };
        var response = new XElement(
            Namespace + (action + "Response"),
            new XElement(Namespace + (action + "Result"), result),
            Element("ResponseMetadata", Element("RequestId", context.TraceIdentifier)));
        context.Response.ContentType = "text/xml";
        await context.Response.WriteAsync(response.ToString(SaveOptions.DisableFormatting), context.RequestAborted);
    }

    private XElement[] CallerIdentity() =>
    [
        Element("Arn", $"arn:aws:iam::{settings.AccountId}:user/{Fake}"),
        Element("UserId", Fake),
        Element("Account", settings.AccountId),
    ];

    private XElement[] AssumedRoleWithWebIdentity(IFormCollection form)
    {
        Required(form, "WebIdentityToken");
        return
        [
            .. AssumedRole(form),
            Element("SubjectFromWebIdentityToken", Fake),
            Element("Audience", "sts.amazonaws.com"),
            Element("Provider", Fake),
        ];
    }

    private XElement[] AssumedRole(IFormCollection form)
    {
        var role = RoleArn().Match(Required(form, "RoleArn"));
        if (!role.Success)
        {
            throw new AwsError(400, "ValidationError", $"{form["RoleArn"]} is invalid: a role is arn:aws:iam::ACCOUNT:role/NAME.");
        }

        var session = Required(form, "RoleSessionName");
        return
        [
            Element(
                "Credentials",
                Element("AccessKeyId", Fake),
                Element("SecretAccessKey", Fake),
                Element("SessionToken", Fake),
                Element("Expiration", (time.GetUtcNow() + Duration(form)).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture))),
            Element(
                "AssumedRoleUser",
                Element("AssumedRoleId", $"{Fake}:{session}"),
                Element("Arn", $"arn:aws:sts::{role.Groups["account"].Value}:assumed-role/{role.Groups["name"].Value}/{session}")),
        ];
    }

    private static TimeSpan Duration(IFormCollection form)
    {
        var text = form["DurationSeconds"].ToString();
        return text.Length == 0 ? TimeSpan.FromHours(1)
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is >= LeastSeconds and <= MostSeconds
                ? TimeSpan.FromSeconds(seconds)
                : throw new AwsError(400, "ValidationError", $"DurationSeconds must be from {LeastSeconds} to {MostSeconds}, but is '{text}'.");
    }

    private static string Required(IFormCollection form, string name) => form[name].ToString() is { Length: > 0 } value
        ? value
        : throw new AwsError(400, "ValidationError", $"1 validation error detected: Value null at '{name}' failed to satisfy constraint: Member must not be null");

    private static XElement Element(string name, params object[] content) => new(Namespace + name, content);

    [GeneratedRegex(@"\Aarn:aws[a-z-]*:iam::(?<account>\d{12}):role/(?:[^/]+/)*(?<name>[\w+=,.@-]+)\z")]
    private static partial Regex RoleArn();
}
