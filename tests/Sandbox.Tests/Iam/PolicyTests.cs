using BuildPipeline.Sandbox.Tests.Models;

namespace BuildPipeline.Sandbox.Tests.Iam;

public sealed class PolicyTests : IDisposable
{
    private readonly IamHarness _iam = new();

    public void Dispose() => _iam.Dispose();

    [Fact]
    [Effect("PutRolePolicy", "RoleName", "PolicyName", "PolicyDocument")]
    [Effect("GetRolePolicy", "RoleName", "PolicyName")]
    [Effect("DeleteRolePolicy", "RoleName", "PolicyName")]
    [Effect("ListRolePolicies", "RoleName", "Marker", "MaxItems")]
    public async Task Given_inline_policies_When_put_and_deleted_Then_the_role_has_them_so_long()
    {
        var arn = await _iam.CreateRoleAsync("r");
        await PutAsync("b", IamHarness.Document("s3:PutObject"));
        await PutAsync("a", IamHarness.Document("s3:GetObject"));

        var first = await _iam.CallAsync("ListRolePolicies", "RoleName=r&MaxItems=1");
        Assert.Equal(["a"], first.Texts("PolicyNames"));
        Assert.Equal(["b"], (await _iam.CallAsync("ListRolePolicies", $"RoleName=r&Marker={first.Texts("Marker")[0]}")).Texts("PolicyNames"));
        Assert.Equal(
            IamHarness.Document("s3:PutObject"),
            Uri.UnescapeDataString((await _iam.CallAsync("GetRolePolicy", "RoleName=r&PolicyName=b")).Texts("PolicyDocument")[0]));
        Assert.Equal(["a", "b"], _iam.Policies.Find(arn)!.Policies.Select(policy => policy.Name).Order());
        Assert.Equal("DeleteConflict", await _iam.RefusedAsync("DeleteRole", "RoleName=r"));
        await _iam.CallAsync("DeleteRolePolicy", "RoleName=r&PolicyName=b");
        Assert.Equal("NoSuchEntity", await _iam.RefusedAsync("GetRolePolicy", "RoleName=r&PolicyName=b"));
        Assert.Equal("NoSuchEntity", await _iam.RefusedAsync("DeleteRolePolicy", "RoleName=r&PolicyName=b"));
    }

    [Fact]
    [Effect("AttachRolePolicy", "RoleName", "PolicyArn")]
    [Effect("DetachRolePolicy", "RoleName", "PolicyArn")]
    [Effect("ListAttachedRolePolicies", "RoleName", "PathPrefix", "Marker", "MaxItems")]
    [Effect("ListEntitiesForPolicy", "PolicyArn", "EntityFilter", "PathPrefix", "PolicyUsageFilter", "Marker", "MaxItems")]
    public async Task Given_a_managed_policy_When_attached_and_detached_Then_the_role_has_it_so_long()
    {
        var (role, policy, other) = (await _iam.CreateRoleAsync("r", "Path=/x/"), await _iam.CreatePolicyAsync("p", "Path=/q/"), await _iam.CreatePolicyAsync("other"));
        await _iam.CreateRoleAsync("s", $"PermissionsBoundary={policy}");
        foreach (var arn in new[] { policy, other, policy })
        {
            await _iam.CallAsync("AttachRolePolicy", $"RoleName=r&PolicyArn={arn}");
        }

        Assert.Equal([policy, other], _iam.Policies.Find(role)!.Policies.Select(attached => attached.Name));
        Assert.Equal(["p"], (await _iam.CallAsync("ListAttachedRolePolicies", "RoleName=r&PathPrefix=/q/")).Texts("PolicyName"));
        var first = await _iam.CallAsync("ListAttachedRolePolicies", "RoleName=r&MaxItems=1");
        Assert.Equal([other], (await _iam.CallAsync("ListAttachedRolePolicies", $"RoleName=r&Marker={first.Texts("Marker")[0]}")).Texts("PolicyArn"));
        foreach (var (fields, expected) in new[]
        {
            ("", "r s"), ("&EntityFilter=Role", "r s"), ("&EntityFilter=User", ""), ("&PathPrefix=/x/", "r"), ("&PolicyUsageFilter=PermissionsBoundary", "s"),
            ("&PolicyUsageFilter=PermissionsPolicy", "r"), ("&MaxItems=1", "r"), ("&MaxItems=1&Marker=1", "s"),
        })
        {
            Assert.Equal(expected, string.Join(' ', (await _iam.CallAsync("ListEntitiesForPolicy", $"PolicyArn={policy}{fields}")).Texts("RoleName")));
        }

        Assert.Equal("DeleteConflict", await _iam.RefusedAsync("DeletePolicy", $"PolicyArn={policy}"));
        Assert.Equal("DeleteConflict", await _iam.RefusedAsync("DeleteRole", "RoleName=r"));
        await _iam.CallAsync("DetachRolePolicy", $"RoleName=r&PolicyArn={policy}");
        Assert.Equal("NoSuchEntity", await _iam.RefusedAsync("DetachRolePolicy", $"RoleName=r&PolicyArn={policy}"));
        Assert.Equal("NoSuchEntity", await _iam.RefusedAsync("AttachRolePolicy", $"RoleName=r&PolicyArn={policy}x"));
        Assert.Equal("InvalidInput", await _iam.RefusedAsync("AttachRolePolicy", "RoleName=r&PolicyArn=arn:aws:iam::aws:policy/ReadOnlyAccess"));
    }

    [Fact]
    [Effect("CreatePolicy", "PolicyName", "Path", "PolicyDocument", "Description", "Tags[].Key", "Tags[].Value")]
    [Effect("GetPolicy", "PolicyArn")]
    [Effect("DeletePolicy", "PolicyArn")]
    [Effect("TagPolicy", "PolicyArn", "Tags[].Key", "Tags[].Value")]
    [Effect("UntagPolicy", "PolicyArn", "TagKeys")]
    [Effect("ListPolicyTags", "PolicyArn", "Marker", "MaxItems")]
    [Effect("ListPolicies", "Scope", "OnlyAttached", "PathPrefix", "PolicyUsageFilter", "Marker", "MaxItems")]
    public async Task Given_managed_policies_When_created_and_tagged_Then_they_are_so_after_a_restart_too()
    {
        var arn = await _iam.CreatePolicyAsync("a", "Path=/x/&Description=d&Tags.member.1.Key=t&Tags.member.1.Value=1");
        await _iam.CreatePolicyAsync("b");
        await _iam.CreateRoleAsync("r", $"PermissionsBoundary={arn}");
        Assert.Equal("EntityAlreadyExists", await _iam.RefusedAsync("CreatePolicy", $"PolicyName=A&PolicyDocument={IamHarness.Escaped(IamHarness.Document("s3:Get"))}"));
        await _iam.CallAsync("TagPolicy", $"PolicyArn={arn}&Tags.member.1.Key=u&Tags.member.1.Value=2");
        _iam.Restart();

        var policy = await _iam.CallAsync("GetPolicy", $"PolicyArn={arn}");
        Assert.Equal(
            ["a", "/x/", "v1", "0", "1", "d"],
            new[] { "PolicyName", "Path", "DefaultVersionId", "AttachmentCount", "PermissionsBoundaryUsageCount", "Description" }.Select(name => policy.Texts(name)[0]));
        Assert.Equal(["t", "u"], (await _iam.CallAsync("ListPolicyTags", $"PolicyArn={arn}")).Texts("Key"));
        await _iam.CallAsync("UntagPolicy", $"PolicyArn={arn}&TagKeys.member.1=t");
        Assert.Equal(["u"], (await _iam.CallAsync("ListPolicyTags", $"PolicyArn={arn}&MaxItems=1")).Texts("Key"));
        Assert.Equal("ValidationError", await _iam.RefusedAsync("ListPolicyTags", $"PolicyArn={arn}&Marker=9"));
        foreach (var (fields, expected) in new[]
        {
            ("", "a b"), ("Scope=Local", "a b"), ("Scope=AWS", ""), ("OnlyAttached=true", "a"), ("PathPrefix=/x/", "a"), ("PolicyUsageFilter=PermissionsPolicy", ""),
            ("PolicyUsageFilter=PermissionsBoundary", "a"), ("MaxItems=1", "a"), ("MaxItems=1&Marker=1", "b"),
        })
        {
            Assert.Equal(expected, string.Join(' ', (await _iam.CallAsync("ListPolicies", fields)).Texts("PolicyName")));
        }

        await _iam.CallAsync("DeleteRole", "RoleName=r");
        await _iam.CallAsync("DeletePolicy", $"PolicyArn={arn}");
        Assert.Equal("NoSuchEntity", await _iam.RefusedAsync("GetPolicy", $"PolicyArn={arn}"));
    }

    [Fact]
    [Effect("CreatePolicyVersion", "PolicyArn", "PolicyDocument", "SetAsDefault")]
    [Effect("GetPolicyVersion", "PolicyArn", "VersionId")]
    [Effect("DeletePolicyVersion", "PolicyArn", "VersionId")]
    [Effect("ListPolicyVersions", "PolicyArn", "Marker", "MaxItems")]
    [Effect("SetDefaultPolicyVersion", "PolicyArn", "VersionId")]
    public async Task Given_versions_of_a_policy_When_one_is_the_default_Then_it_counts_and_there_are_five_at_most()
    {
        var arn = await _iam.CreatePolicyAsync("p");
        var role = await _iam.CreateRoleAsync("r");
        await _iam.CallAsync("AttachRolePolicy", $"RoleName=r&PolicyArn={arn}");
        string Counting() => _iam.Policies.Find(role)!.Policies.Single().Document;

        await VersionAsync(arn, "s3:Two");
        Assert.Equal(IamHarness.Document("s3:GetObject"), Counting());
        await VersionAsync(arn, "s3:Three", "&SetAsDefault=true");
        Assert.Equal(IamHarness.Document("s3:Three"), Counting());
        await _iam.CallAsync("SetDefaultPolicyVersion", $"PolicyArn={arn}&VersionId=v2");
        Assert.Equal(IamHarness.Document("s3:Two"), Counting());
        await VersionAsync(arn, "s3:Four");
        await VersionAsync(arn, "s3:Five");
        Assert.Equal("LimitExceeded", await _iam.RefusedAsync("CreatePolicyVersion", $"PolicyArn={arn}&PolicyDocument={IamHarness.Escaped(IamHarness.Document("s3:Six"))}"));
        Assert.Equal("DeleteConflict", await _iam.RefusedAsync("DeletePolicyVersion", $"PolicyArn={arn}&VersionId=v2"));
        await _iam.CallAsync("DeletePolicyVersion", $"PolicyArn={arn}&VersionId=v5");
        await VersionAsync(arn, "s3:Six");

        var first = await _iam.CallAsync("ListPolicyVersions", $"PolicyArn={arn}&MaxItems=2");
        var rest = await _iam.CallAsync("ListPolicyVersions", $"PolicyArn={arn}&Marker={first.Texts("Marker")[0]}");
        Assert.Equal(["v6", "v4", "v3", "v2", "v1"], [.. first.Texts("VersionId"), .. rest.Texts("VersionId")]);
        Assert.Equal(IamHarness.Document("s3:Six"), Uri.UnescapeDataString((await _iam.CallAsync("GetPolicyVersion", $"PolicyArn={arn}&VersionId=v6")).Texts("Document")[0]));
        Assert.Equal("NoSuchEntity", await _iam.RefusedAsync("GetPolicyVersion", $"PolicyArn={arn}&VersionId=v5"));
        await _iam.CallAsync("DetachRolePolicy", $"RoleName=r&PolicyArn={arn}");
        Assert.Equal("DeleteConflict", await _iam.RefusedAsync("DeletePolicy", $"PolicyArn={arn}"));
    }

    [Theory]
    [InlineData("PutRolePolicy", "PolicyName=x", 10240, "LimitExceeded")]
    [InlineData("CreatePolicy", "PolicyName=x", 6144, "LimitExceeded")]
    public async Task Given_a_document_at_the_limit_When_put_Then_white_space_does_not_count_and_one_more_character_is_refused(string action, string fields, int most, string code)
    {
        await _iam.CreateRoleAsync("r");
        var role = action == "PutRolePolicy" ? "&RoleName=r" : "";
        string Of(int size) => IamHarness.Document("s3:Get" + new string('x', size - IamHarness.Document("s3:Get").Length));
        string Fields(string document) => $"{fields}{role}&PolicyDocument={IamHarness.Escaped(document)}";

        Assert.Equal(code, await _iam.RefusedAsync(action, Fields(Of(most + 1))));
        await _iam.CallAsync(action, Fields(Of(most) + "\n   "));
    }

    [Fact]
    public async Task Given_ten_attached_policies_When_one_more_is_attached_Then_it_is_refused()
    {
        await _iam.CreateRoleAsync("r");
        for (var i = 0; i < 10; i++)
        {
            await _iam.CallAsync("AttachRolePolicy", $"RoleName=r&PolicyArn={await _iam.CreatePolicyAsync($"p{i}")}");
        }

        Assert.Equal("LimitExceeded", await _iam.RefusedAsync("AttachRolePolicy", $"RoleName=r&PolicyArn={await _iam.CreatePolicyAsync("p10")}"));
    }

    [Theory]
    [InlineData("""{"Statement":{"Effect":"Deny","NotAction":["s3:*"],"NotResource":"arn:aws:s3:::b/*","Sid":"One"}}""", true)]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Null":{"aws:x":"true"}}}]}""", true)]
    [InlineData("{", false)]
    [InlineData("[]", false)]
    [InlineData("""{"Version":"2012-10-17"}""", false)]
    [InlineData("""{"Version":"2020-01-01","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}""", false)]
    [InlineData("""{"Statement":[{"Effect":"Perhaps","Action":"*","Resource":"*"}]}""", false)]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Extra":"x"}]}""", false)]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Principal":"*"}]}""", false)]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"*"}]}""", false)]
    [InlineData("""{"Statement":[{"Effect":"Allow","Resource":"*"}]}""", false)]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"*","NotAction":"s3:*","Resource":"*"}]}""", false)]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"GetObject","Resource":"*"}]}""", false)]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"bucket/*"}]}""", false)]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":"x"}]}""", false)]
    [InlineData("""{"Statement":[{"Sid":"a b","Effect":"Allow","Action":"*","Resource":"*"}]}""", false)]
    [InlineData("""{"Statement":[{"Sid":"a","Effect":"Allow","Action":"*","Resource":"*"},{"Sid":"a","Effect":"Allow","Action":"*","Resource":"*"}]}""", false)]
    public async Task Given_a_document_When_put_Then_its_form_is_IAMs(string document, bool isValid)
    {
        await _iam.CreateRoleAsync("r");
        var refusal = await Record.ExceptionAsync(() => PutAsync("p", document)) as Protocols.AwsError;

        Assert.Equal(isValid ? null : "MalformedPolicyDocument", refusal?.Code);
    }

    [Theory]
    [InlineData("""{"Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","Resource":"*"}]}""")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole"}]}""")]
    [InlineData("""{"Statement":[{"Effect":"Allow","NotPrincipal":"*","Action":"sts:AssumeRole"}]}""")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject"}]}""")]
    public async Task Given_a_trust_policy_of_another_form_When_a_role_is_created_Then_it_is_refused(string document) =>
        Assert.Equal("MalformedPolicyDocument", await _iam.RefusedAsync("CreateRole", $"RoleName=r&AssumeRolePolicyDocument={IamHarness.Escaped(document)}"));

    private Task PutAsync(string name, string document) =>
        _iam.CallAsync("PutRolePolicy", $"RoleName=r&PolicyName={name}&PolicyDocument={IamHarness.Escaped(document)}");

    private Task VersionAsync(string arn, string action, string fields = "") =>
        _iam.CallAsync("CreatePolicyVersion", $"PolicyArn={arn}&PolicyDocument={IamHarness.Escaped(IamHarness.Document(action))}{fields}");
}
