using BuildPipeline.Sandbox.Terraform.Rules;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>KMS keys, their aliases and policies.</summary>
internal static class KmsResources
{
    public static IReadOnlyList<ResourceDefinition> All { get; } =
    [
        new("aws_kms_key")
        {
            ForceNew = ["custom_key_store_id", "customer_master_key_spec", "key_usage", "multi_region", "xks_key_id"],
            Defaults = new Dictionary<string, Value>
            {
                ["bypass_policy_lockout_safety_check"] = false,
                ["customer_master_key_spec"] = "SYMMETRIC_DEFAULT",
                ["enable_key_rotation"] = false,
                ["is_enabled"] = true,
                ["key_usage"] = "ENCRYPT_DECRYPT",
            },
            Json = ["policy"],
            Rules =
            [
                Checks.Between("deletion_window_in_days", 7, 30),
                Checks.Between("rotation_period_in_days", 90, 2560),
                Checks.Length("description", 0, 8192),
                Checks.OneOf("key_usage", "ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT"),
                Checks.Policy("policy"),
            ],
            Complete = CompleteKey,
        },
        new("aws_kms_alias")
        {
            ForceNew = ["name", "name_prefix"],
            Recomputed = new Dictionary<string, string[]> { ["target_key_arn"] = ["target_key_id"] },
            Rules =
            [
                Checks.Matches("name", "^alias/[a-zA-Z0-9/_-]+$", "must begin with 'alias/' and be comprised of only [a-zA-Z0-9/_-]"),
                Checks.Matches("name", "^(?!alias/aws/)", "must not begin with the reserved 'alias/aws/'"),
                Checks.Matches("name_prefix", "^alias/[a-zA-Z0-9/_-]*$", "must begin with 'alias/'"),
                new ExclusiveRule(["name", "name_prefix"]),
            ],
            Unique = new("name", "AlreadyExistsException"),
            Complete = CompleteAlias,
        },
        new("aws_kms_key_policy")
        {
            ForceNew = ["key_id"],
            Defaults = new Dictionary<string, Value> { ["bypass_policy_lockout_safety_check"] = false },
            Json = ["policy"],
            Rules = [Checks.Policy("policy")],
            Complete = writer =>
            {
                Existing(writer.Context, writer.Text("key_id"));
                writer.Fill("id", writer.State["key_id"]);
            },
        },
    ];

    /// <summary>A key by id, ARN or alias; null if there is none.</summary>
    public static MapValue? Find(ResourceContext context, string name) => context.Registry.All("aws_kms_key").FirstOrDefault(key =>
        key.Text("id") == name || key.Text("arn") == name
        || context.Registry.All("aws_kms_alias")
            .Any(alias => (alias.Text("name") == name || alias.Text("arn") == name) && alias["target_key_arn"] == key["arn"]));

    private static MapValue Existing(ResourceContext context, string name) => Find(context, name)
        ?? throw ResourceError.FromApi(
            $"reading KMS Key ({name})", "KMS: DescribeKey", 400, "NotFoundException", $"Key '{name}' does not exist");

    private static void CompleteKey(StateWriter writer)
    {
        var context = writer.Context;
        var digits = context.Registry.NextHex(32);
        writer.Fill("key_id", $"{digits[..8]}-{digits[8..12]}-{digits[12..16]}-{digits[16..20]}-{digits[20..]}");
        writer.Fill("id", writer.State["key_id"]);
        writer.Fill("arn", context.Arn("kms", $"key/{writer.Text("key_id")}"));
        var root = context.GlobalArn("iam", "root");
        writer.Fill("policy",
            $$"""{"Id":"key-default-1","Statement":[{"Action":"kms:*","Effect":"Allow","Principal":{"AWS":"{{root}}"},"Resource":"*","Sid":"Enable IAM User Permissions"}],"Version":"2012-10-17"}""");
    }

    private static void CompleteAlias(StateWriter writer)
    {
        if (writer.State["name"].IsUnknown && writer.State.Text("name_prefix") is null)
        {
            writer.Fill("name_prefix", "alias/");
        }

        var name = writer.FillName();
        writer.Fill("id", name);
        writer.Fill("arn", writer.Context.Arn("kms", name));
        writer.Fill("target_key_arn", Existing(writer.Context, writer.Text("target_key_id"))["arn"]);
    }
}
