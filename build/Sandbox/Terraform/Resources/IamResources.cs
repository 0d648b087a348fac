using BuildPipeline.Sandbox.Terraform.Rules;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>IAM roles, policies and identity providers.</summary>
internal static class IamResources
{
    private const string NameCharacters = @"^[\w+=,.@-]*$";
    private const string NameMeaning = "must match [\\w+=,.@-]";

    public static IReadOnlyList<ResourceDefinition> All { get; } =
    [
        new("aws_iam_role")
        {
            ForceNew = ["name", "name_prefix", "path"],
            Defaults = new Dictionary<string, Value> { ["force_detach_policies"] = false, ["max_session_duration"] = 3600, ["path"] = "/" },
            Json = ["assume_role_policy"],
            Rules =
            [
                Checks.Length("name", 1, 64),
                Checks.Matches("name", NameCharacters, NameMeaning),
                Checks.Length("name_prefix", 1, 38),
                Checks.Matches("name_prefix", NameCharacters, NameMeaning),
                Checks.Matches("path", "^/(.*/)?$", "must begin and end with /"),
                Checks.Between("max_session_duration", 3600, 43200),
                Checks.Length("description", 0, 1000),
                Checks.Policy("assume_role_policy"),
                Checks.Policy("inline_policy.policy"),
                Checks.Arn("permissions_boundary"),
                new ExclusiveRule(["name", "name_prefix"]),
            ],
            Complete = CompleteRole,
            Identify = name => MapValue.Empty.With("id", name).With("name", name),
            Effects = new RoleEffects(),
        },
        new("aws_iam_role_policy")
        {
            ForceNew = ["name", "name_prefix", "role"],
            Json = ["policy"],
            Rules =
            [
                Checks.Length("name", 1, 128), Checks.Matches("name", NameCharacters, NameMeaning), Checks.Policy("policy"),
                new ExclusiveRule(["name", "name_prefix"]),
            ],
            Complete = writer => writer.Fill("id", $"{writer.Text("role")}:{writer.FillName()}"),
            Identify = id => Parts(id, ':', "role", "name"),
            Effects = new RolePolicyEffects(),
        },
        new("aws_iam_policy")
        {
            ForceNew = ["description", "name", "name_prefix", "path"],
            Defaults = new Dictionary<string, Value> { ["path"] = "/" },
            Json = ["policy"],
            Rules =
            [
                Checks.Length("name", 1, 128), Checks.Matches("name", NameCharacters, NameMeaning), Checks.Policy("policy"),
                new ExclusiveRule(["name", "name_prefix"]),
            ],
            Complete = CompletePolicy,
            Identify = arn => MapValue.Empty.With("id", arn).With("arn", arn).With("name", arn.Split('/')[^1]),
            Effects = new ManagedPolicyEffects(),
        },
        new("aws_iam_role_policy_attachment")
        {
            ForceNew = ["policy_arn", "role"],
            Rules = [Checks.Arn("policy_arn")],
            Complete = writer => writer.Fill("id", $"{writer.Text("role")}/{writer.Text("policy_arn")}"),
            Identify = id => Parts(id, '/', "role", "policy_arn"),
            Effects = new RoleAttachmentEffects(),
        },
        new("aws_iam_openid_connect_provider")
        {
            ForceNew = ["url"],
            Rules = [Checks.Matches("url", "^https://", "must begin with https://")],
            Complete = CompleteIdentityProvider,
            Identify = arn => MapValue.Empty.With("id", arn).With("arn", arn).With("url", "https://" + arn.Split("oidc-provider/")[^1]),
            Effects = new IdentityProviderEffects(),
        },
    ];

    /// <summary>The two parts of an id, which is imported with both.</summary>
    private static MapValue Parts(string id, char separator, string first, string second)
    {
        var at = id.IndexOf(separator, StringComparison.Ordinal);
        return MapValue.Empty.With("id", id).With(first, id[..Math.Max(at, 0)]).With(second, id[(at + 1)..]);
    }

    private static void CompleteRole(StateWriter writer)
    {
        var name = writer.FillName();
        writer.Fill("id", name);
        writer.Fill("arn", writer.Context.GlobalArn("iam", $"role{writer.Text("path")}{name}"));
    }

    private static void CompletePolicy(StateWriter writer)
    {
        writer.Fill("arn", writer.Context.GlobalArn("iam", $"policy{writer.Text("path")}{writer.FillName()}"));
        writer.Fill("id", writer.State["arn"]);
    }

    private static void CompleteIdentityProvider(StateWriter writer)
    {
        writer.Fill("arn", writer.Context.GlobalArn("iam", $"oidc-provider/{writer.Text("url")["https://".Length..]}"));
        writer.Fill("id", writer.State["arn"]);
    }
}
