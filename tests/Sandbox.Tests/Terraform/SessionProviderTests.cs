using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using BuildPipeline.Sandbox.Tests.Iam;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.Sandbox.Tests.Terraform;

/// <summary>Terraform acts as the session whose provider address it attaches to, and as the administrator at the sandbox's own.</summary>
public sealed class SessionProviderTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    private const string Network = """
        data "aws_caller_identity" "me" {}

        output "me" {
          value = data.aws_caller_identity.me.arn
        }

        resource "aws_vpc" "this" {
          cidr_block = "10.0.0.0/16"
        }
        """;

    [SkippableFact]
    public async Task Given_a_role_that_may_read_only_When_it_plans_and_applies_Then_the_plan_is_made_and_the_apply_refused()
    {
        using var terraform = await TerraformFolder.OfTextAsync(sandbox, Network);
        terraform.Provider = await OpenAsync(await AssumeAsync("reader", "ec2:Describe*"));

        await terraform.RunAsync("plan", "-input=false", "-out=saved.tfplan");
        var (exitCode, output) = await terraform.TryAsync("apply", "-input=false", "saved.tfplan");

        Assert.Equal(1, exitCode);
        Assert.Contains("api error UnauthorizedOperation", output, StringComparison.Ordinal);
        Assert.Contains("assumed-role/reader/test is not authorized to perform: ec2:CreateVpc on resource:", output, StringComparison.Ordinal);
        Assert.DoesNotContain("aws_vpc", await sandbox.Http.GetStringAsync("/_sandbox/resources"), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Given_a_network_of_the_administrator_When_a_session_that_may_not_read_refreshes_it_Then_the_plan_is_refused()
    {
        using var terraform = await TerraformFolder.OfTextAsync(sandbox, Network);
        await terraform.ApplyAsync();
        Assert.Contains("user/sandbox", (await terraform.OutputAsync("me")).GetString(), StringComparison.Ordinal);
        terraform.Provider = await OpenAsync(await AssumeAsync("stranger", "sts:GetCallerIdentity"));

        var (exitCode, output) = await terraform.TryAsync("plan", "-input=false");
        terraform.Provider = null;
        await terraform.DestroyAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains("ec2:DescribeVpcs", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_credentials_When_an_address_is_asked_for_Then_a_session_has_one_and_others_are_refused()
    {
        var session = await AssumeAsync("anybody", "ec2:Describe*");

        Assert.Equal(await OpenAsync(session), await OpenAsync(session));
        Assert.NotEqual(await OpenAsync(session), await OpenAsync(await AssumeAsync("anybody", "ec2:Describe*")));
        Assert.Equal(HttpStatusCode.Forbidden, (await AskAsync(session with { SecretAccessKey = "other" })).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await AskAsync(session with { SessionToken = "other" })).StatusCode);
    }

    private Task<HttpResponseMessage> AskAsync(Session session) => sandbox.Http.PostAsJsonAsync(
        "/_sandbox/providers", new { access_key_id = session.AccessKeyId, secret_access_key = session.SecretAccessKey, session_token = session.SessionToken });

    private async Task<string> OpenAsync(Session session)
    {
        using var answer = await AskAsync(session);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["provider"]!.GetValue<string>();
    }

    private async Task<Session> AssumeAsync(string role, string action)
    {
        var trust = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"sts:AssumeRole"}]}""";
        await sandbox.QueryAsync("iam", "CreateRole", $"RoleName={role}&AssumeRolePolicyDocument={IamHarness.Escaped(trust)}");
        await sandbox.QueryAsync("iam", "PutRolePolicy", $"RoleName={role}&PolicyName=own&PolicyDocument={IamHarness.Escaped(IamHarness.Document(action))}");
        var answer = XElement.Parse(await sandbox.QueryAsync("sts", "AssumeRole", $"RoleArn=arn:aws:iam::000000000000:role/{role}&RoleSessionName=test"));
        string Text(string name) => answer.Descendants().Single(element => element.Name.LocalName == name).Value;
        return new Session(Text("AccessKeyId"), Text("SecretAccessKey"), Text("SessionToken"));
    }

    private sealed record Session(string AccessKeyId, string SecretAccessKey, string SessionToken);
}
