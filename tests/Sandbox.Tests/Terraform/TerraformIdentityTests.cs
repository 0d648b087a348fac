using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Tests.Iam;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.Sandbox.Tests.Terraform;

/// <summary>Terraform's roles and policies are those of IAM: what a client made is imported, and what one changed is put back.</summary>
public sealed class TerraformIdentityTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    private const string Policy = "arn:aws:iam::000000000000:policy/made/policy";

    private static readonly string[] Types =
        ["aws_iam_openid_connect_provider", "aws_iam_policy", "aws_iam_role", "aws_iam_role_policy", "aws_iam_role_policy_attachment"];

    [SkippableFact]
    public async Task Given_what_clients_created_When_imported_and_changed_Then_the_plan_finds_it_so_and_puts_it_back()
    {
        await CreateAsync();
        using var terraform = await TerraformFolder.OfFixtureAsync(sandbox, "imported-identity");

        var imported = await terraform.PlanAsync();
        await terraform.RunAsync("apply", "-input=false", "saved.tfplan");
        await ChangeAsync();
        var drifted = await terraform.PlanAsync();
        await terraform.RunAsync("apply", "-input=false", "saved.tfplan");
        await terraform.PlanFindsNoChangesAsync();
        await terraform.DestroyAsync();

        Assert.Equal(Types.Select(type => $"{type}: no-op"), ActionsOf(imported));
        Assert.Equal(["aws_iam_policy: update", "aws_iam_role: update", "aws_iam_role_policy: create", "aws_iam_role_policy_attachment: create"], ActionsOf(drifted).Skip(1));
        Assert.Contains("NoSuchEntity", await sandbox.QueryAsync("iam", "GetRole", "RoleName=made"), StringComparison.Ordinal);
    }

    private async Task CreateAsync()
    {
        await CallAsync("CreatePolicy", $"PolicyName=policy&Path=/made/&PolicyDocument={IamHarness.Escaped(IamHarness.Document("s3:GetObject"))}");
        await CallAsync("CreateRole", $"RoleName=made&AssumeRolePolicyDocument={IamHarness.Escaped(IamHarness.Trust)}&Description=By%20hand&PermissionsBoundary={Policy}&Tags.member.1.Key=made&Tags.member.1.Value=by-hand");
        await CallAsync("PutRolePolicy", $"RoleName=made&PolicyName=inline&PolicyDocument={IamHarness.Escaped(IamHarness.Document("s3:PutObject"))}");
        await CallAsync("AttachRolePolicy", $"RoleName=made&PolicyArn={Policy}");
        await CallAsync("CreateOpenIDConnectProvider", "Url=https://issuer.example&ClientIDList.member.1=sts.amazonaws.com");
    }

    private async Task ChangeAsync()
    {
        await CallAsync("CreatePolicyVersion", $"PolicyArn={Policy}&SetAsDefault=true&PolicyDocument={IamHarness.Escaped(IamHarness.Document("s3:*"))}");
        await CallAsync("UpdateAssumeRolePolicy", $"RoleName=made&PolicyDocument={IamHarness.Escaped(IamHarness.Trust.Replace("sagemaker", "lambda", StringComparison.Ordinal))}");
        await CallAsync("UpdateRole", "RoleName=made&Description=changed&MaxSessionDuration=43200");
        await CallAsync("DeleteRolePermissionsBoundary", "RoleName=made");
        await CallAsync("TagRole", "RoleName=made&Tags.member.1.Key=stray&Tags.member.1.Value=1");
        await CallAsync("DeleteRolePolicy", "RoleName=made&PolicyName=inline");
        await CallAsync("DetachRolePolicy", $"RoleName=made&PolicyArn={Policy}");
    }

    private async Task CallAsync(string action, string fields) =>
        Assert.DoesNotContain("<Error>", await sandbox.QueryAsync("iam", action, fields), StringComparison.Ordinal);

    private static IEnumerable<string> ActionsOf(JsonNode plan) => plan["resource_changes"]!.AsArray()
        .Select(change => $"{change!["type"]}: {string.Join(',', change["change"]!["actions"]!.AsArray().Select(action => (string)action!))}").Order(StringComparer.Ordinal);
}
