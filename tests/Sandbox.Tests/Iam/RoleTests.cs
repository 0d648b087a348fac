using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Iam;
using BuildPipeline.Sandbox.Tests.Models;

namespace BuildPipeline.Sandbox.Tests.Iam;

public sealed class RoleTests : IDisposable
{
    private readonly IamHarness _iam = new();

    public void Dispose() => _iam.Dispose();

    [Fact]
    [Effect("CreateRole", "Path", "RoleName", "AssumeRolePolicyDocument", "Description", "MaxSessionDuration", "PermissionsBoundary", "Tags[].Key", "Tags[].Value")]
    [Effect("GetRole", "RoleName")]
    [Effect("DeleteRole", "RoleName")]
    public async Task Given_a_role_When_created_Then_it_is_so_after_a_restart_too_until_it_is_deleted()
    {
        var boundary = await _iam.CreatePolicyAsync("limit");
        var arn = await _iam.CreateRoleAsync(
            "launch", $"Path=/teams/&Description=d&MaxSessionDuration=7200&PermissionsBoundary={boundary}&Tags.member.1.Key=team&Tags.member.1.Value=x");
        Assert.Equal("EntityAlreadyExists", await RefusedCreationAsync("LAUNCH"));
        _iam.Restart();

        var role = await _iam.CallAsync("GetRole", "RoleName=Launch");
        var access = _iam.Policies.Find(arn)!;

        Assert.Equal($"arn:aws:iam::{IamHarness.Account}:role/teams/launch", arn);
        Assert.Equal(
            ["/teams/", "launch", "7200", "d", boundary, "team", "2026-01-01T00:00:00Z"],
            new[] { "Path", "RoleName", "MaxSessionDuration", "Description", "PermissionsBoundaryArn", "Key", "CreateDate" }.Select(name => role.Texts(name)[0]));
        Assert.Equal(IamHarness.Trust, Uri.UnescapeDataString(role.Texts("AssumeRolePolicyDocument")[0]));
        Assert.Matches("^AROA[A-Z2-7]{17}$", role.Texts("RoleId")[0]);
        Assert.Equal((7200, role.Texts("RoleId")[0], IamHarness.Trust, boundary), (access.MaxSessionSeconds, access.Id, access.TrustPolicy, access.Boundary!.Name));
        Assert.Equal(("x", IamHarness.Document("s3:GetObject")), (access.Tags["team"], access.Boundary.Document));
        Assert.Equal("DeleteConflict", await _iam.RefusedAsync("DeletePolicy", $"PolicyArn={boundary}"));
        await _iam.CallAsync("DeleteRole", "RoleName=launch");
        Assert.Equal("NoSuchEntity", await _iam.RefusedAsync("GetRole", "RoleName=launch"));
        Assert.Null(_iam.Policies.Find(arn));
    }

    [Fact]
    [Effect("UpdateRole", "RoleName", "Description", "MaxSessionDuration")]
    [Effect("UpdateRoleDescription", "RoleName", "Description")]
    [Effect("UpdateAssumeRolePolicy", "RoleName", "PolicyDocument")]
    [Effect("PutRolePermissionsBoundary", "RoleName", "PermissionsBoundary")]
    [Effect("DeleteRolePermissionsBoundary", "RoleName")]
    [Effect("TagRole", "RoleName", "Tags[].Key", "Tags[].Value")]
    [Effect("UntagRole", "RoleName", "TagKeys")]
    [Effect("ListRoleTags", "RoleName", "Marker", "MaxItems")]
    [Effect("ListInstanceProfilesForRole", "RoleName")]
    public async Task Given_a_role_When_changed_Then_it_is_so()
    {
        var (arn, boundary) = (await _iam.CreateRoleAsync("r"), await _iam.CreatePolicyAsync("limit"));
        var trust = IamHarness.Trust.Replace("sagemaker", "lambda", StringComparison.Ordinal);

        await _iam.CallAsync("UpdateRole", "RoleName=r&Description=one&MaxSessionDuration=3700");
        Assert.Equal("one", (await _iam.CallAsync("GetRole", "RoleName=r")).Texts("Description")[0]);
        Assert.Equal("two", (await _iam.CallAsync("UpdateRoleDescription", "RoleName=r&Description=two")).Texts("Description")[0]);
        await _iam.CallAsync("UpdateAssumeRolePolicy", $"RoleName=r&PolicyDocument={IamHarness.Escaped(trust)}");
        await _iam.CallAsync("PutRolePermissionsBoundary", $"RoleName=r&PermissionsBoundary={boundary}");
        Assert.Equal((3700, trust, boundary), _iam.Policies.Find(arn) is { } changed ? (changed.MaxSessionSeconds, changed.TrustPolicy, changed.Boundary?.Name) : default);
        await _iam.CallAsync("DeleteRolePermissionsBoundary", "RoleName=r");
        Assert.Null(_iam.Policies.Find(arn)!.Boundary);
        Assert.Equal("NoSuchEntity", await _iam.RefusedAsync("DeleteRolePermissionsBoundary", "RoleName=r"));
        Assert.Equal("NoSuchEntity", await _iam.RefusedAsync("PutRolePermissionsBoundary", $"RoleName=r&PermissionsBoundary={boundary}x"));

        await _iam.CallAsync("TagRole", "RoleName=r&Tags.member.1.Key=a&Tags.member.1.Value=1&Tags.member.2.Key=b&Tags.member.2.Value=2&Tags.member.3.Key=c&Tags.member.3.Value=3");
        await _iam.CallAsync("UntagRole", "RoleName=r&TagKeys.member.1=b");
        var first = await _iam.CallAsync("ListRoleTags", "RoleName=r&MaxItems=1");
        var second = await _iam.CallAsync("ListRoleTags", $"RoleName=r&MaxItems=1&Marker={first.Texts("Marker")[0]}");
        Assert.Equal(("a", "true", "c", "false"), (first.Texts("Key")[0], first.Texts("IsTruncated")[0], second.Texts("Key")[0], second.Texts("IsTruncated")[0]));
        Assert.Equal("ValidationError", await _iam.RefusedAsync("ListRoleTags", "RoleName=r&Marker=x"));
        Assert.Empty((await _iam.CallAsync("ListInstanceProfilesForRole", "RoleName=r")).Texts("InstanceProfileName"));
        Assert.Equal("NoSuchEntity", await _iam.RefusedAsync("ListInstanceProfilesForRole", "RoleName=none"));
    }

    [Fact]
    [Effect("ListRoles", "PathPrefix", "Marker", "MaxItems")]
    public async Task Given_roles_When_listed_Then_paths_and_pages_decide_and_the_sandboxs_own_is_there()
    {
        await _iam.CreateRoleAsync("a", "Path=/x/");
        await _iam.CreateRoleAsync("b");

        var first = await _iam.CallAsync("ListRoles", "MaxItems=2");

        Assert.Equal(["a"], (await _iam.CallAsync("ListRoles", "PathPrefix=/x")).Texts("RoleName"));
        Assert.Equal(
            ["a", "b", TrainingRole.Name],
            [.. first.Texts("RoleName"), .. (await _iam.CallAsync("ListRoles", $"Marker={first.Texts("Marker")[0]}")).Texts("RoleName")]);
    }

    [Theory]
    [InlineData("DeleteRole", "")]
    [InlineData("TagRole", "Tags.member.1.Key=a&Tags.member.1.Value=1")]
    [InlineData("DeleteRolePolicy", "PolicyName=everything")]
    public async Task Given_the_sandboxs_own_role_When_changed_Then_it_is_refused(string action, string fields) =>
        Assert.Equal("UnmodifiableEntity", await _iam.RefusedAsync(action, $"RoleName={TrainingRole.Name}&{fields}"));

    [Fact]
    public async Task Given_a_role_in_one_partition_When_another_is_asked_Then_it_has_none()
    {
        await _iam.CreateRoleAsync("r");

        await _iam.CallInAsync("eu-west-1", "GetRole", new JsonObject { ["RoleName"] = "r" });
        await Assert.ThrowsAsync<Protocols.AwsError>(() => _iam.CallInAsync("cn-north-1", "GetRole", new JsonObject { ["RoleName"] = "r" }));
    }

    /// <summary>The principals of the account have to exist; those of others cannot be known.</summary>
    [Theory]
    [InlineData("\"*\"", true)]
    [InlineData("{\"AWS\":\"*\"}", true)]
    [InlineData("{\"AWS\":\"000000000000\"}", true)]
    [InlineData("{\"AWS\":\"arn:aws:iam::000000000000:root\"}", true)]
    [InlineData("{\"AWS\":\"arn:aws:iam::000000000000:user/sandbox\"}", true)]
    [InlineData("{\"AWS\":\"arn:aws:iam::000000000000:role/there\"}", true)]
    [InlineData("{\"AWS\":\"arn:aws:sts::000000000000:assumed-role/there/me\"}", true)]
    [InlineData("{\"AWS\":[\"arn:aws:iam::111111111111:role/any\"],\"Federated\":\"arn:aws:iam::000000000000:oidc-provider/x\"}", true)]
    [InlineData("{\"AWS\":\"arn:aws:iam::000000000000:role/none\"}", false)]
    [InlineData("{\"AWS\":\"arn:aws:iam::000000000000:user/none\"}", false)]
    [InlineData("{\"AWS\":\"arn:aws:iam::111111111111:role/*\"}", false)]
    [InlineData("{\"AWS\":\"somebody\"}", false)]
    public async Task Given_principals_of_a_trust_policy_When_a_role_is_created_Then_they_exist(string principal, bool exists)
    {
        await _iam.CreateRoleAsync("there");
        var trust = $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{{principal}},"Action":"sts:AssumeRole"}]}""";
        var fields = $"RoleName=r&AssumeRolePolicyDocument={IamHarness.Escaped(trust)}";

        var refusal = await Record.ExceptionAsync(() => _iam.CallAsync("CreateRole", fields)) as Protocols.AwsError;

        Assert.Equal(exists ? null : "MalformedPolicyDocument", refusal?.Code);
    }

    private Task<string> RefusedCreationAsync(string name) =>
        _iam.RefusedAsync("CreateRole", $"RoleName={name}&AssumeRolePolicyDocument={IamHarness.Escaped(IamHarness.Trust)}");
}
