using BuildPipeline.Sandbox.Terraform.Rules;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>IAM roles, policies and identity providers. The sandbox records policies; it does not enforce them.</summary>
internal static class IamResources
{
    private const string NameCharacters = @"^[\w+=,.@-]*$";
    private const string NameMeaning = "must match [\\w+=,.@-]";

    private static readonly Reference ToRole = new("role", "aws_iam_role", "name", "NoSuchEntity", "DeleteConflict");

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
            Unique = new("name", "EntityAlreadyExists"),
            Complete = CompleteRole,
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
            References = [ToRole],
            Complete = writer => writer.Fill("id", $"{writer.Text("role")}:{writer.FillName()}"),
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
            Unique = new("arn", "EntityAlreadyExists"),
            Complete = CompletePolicy,
        },
        new("aws_iam_role_policy_attachment")
        {
            ForceNew = ["policy_arn", "role"],
            Rules = [Checks.Arn("policy_arn")],
            References = [ToRole, new("policy_arn", "aws_iam_policy", "arn", "NoSuchEntity", "DeleteConflict")],
            Complete = writer => writer.Fill("id", $"{writer.Text("role")}/{writer.Text("policy_arn")}"),
        },
        new("aws_iam_openid_connect_provider")
        {
            ForceNew = ["url"],
            Rules = [Checks.Matches("url", "^https://", "must begin with https://")],
            Unique = new("arn", "EntityAlreadyExists"),
            Complete = CompleteIdentityProvider,
        },
    ];

    private static void CompleteRole(StateWriter writer)
    {
        var name = writer.FillName();
        if (AccountDefaults.Has(writer.Context, "aws_iam_role", name))
        {
            throw ResourceError.Refused($"creating aws_iam_role ({name})", "EntityAlreadyExists", $"Role with name {name} already exists.");
        }

        writer.Fill("id", name);
        writer.Fill("arn", writer.Context.GlobalArn("iam", $"role{writer.Text("path")}{name}"));
        writer.Fill("create_date", writer.Context.Now());
        writer.Fill("unique_id", "AROA" + writer.Context.Registry.NextHex(17).ToUpperInvariant());
    }

    private static void CompletePolicy(StateWriter writer)
    {
        writer.Fill("arn", writer.Context.GlobalArn("iam", $"policy{writer.Text("path")}{writer.FillName()}"));
        writer.Fill("id", writer.State["arn"]);
        writer.Fill("policy_id", "ANPA" + writer.Context.Registry.NextHex(17).ToUpperInvariant());
        writer.Fill("attachment_count", 0);
    }

    private static void CompleteIdentityProvider(StateWriter writer)
    {
        writer.Fill("arn", writer.Context.GlobalArn("iam", $"oidc-provider/{writer.Text("url")["https://".Length..]}"));
        writer.Fill("id", writer.State["arn"]);
        writer.Fill("thumbprint_list", Value.ListOf([writer.Context.Registry.NextHex(40)]));
    }
}
