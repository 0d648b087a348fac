using System.Net;
using Amazon.IdentityManagement;
using Amazon.IdentityManagement.Model;
using Amazon.Runtime;
using BuildPipeline.Pipeline.Tests.Aws;

namespace BuildPipeline.Pipeline.Tests.Packages;

public class IamWireTests
{
    private const string Deny = "arn:aws:iam::000000000000:policy/x-spend-freeze";

    [Fact]
    public async Task Given_AttachedPolicies_When_Listed_Then_AFormGoesAndXmlComesBack()
    {
        using var endpoint = new FakeAwsEndpoint(new Answer(200, $"""
            <ListAttachedRolePoliciesResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">
              <ListAttachedRolePoliciesResult>
                <IsTruncated>true</IsTruncated>
                <AttachedPolicies><member><PolicyName>x-spend-freeze</PolicyName><PolicyArn>{Deny}</PolicyArn></member></AttachedPolicies>
                <Marker>more</Marker>
              </ListAttachedRolePoliciesResult>
              <ResponseMetadata><RequestId>request-1</RequestId></ResponseMetadata>
            </ListAttachedRolePoliciesResponse>
            """, ("Content-Type", "text/xml")));
        using var client = FakeClients.Iam(endpoint);

        var page = await client.ListAttachedRolePoliciesAsync(new ListAttachedRolePoliciesRequest { RoleName = "x-launch" });

        Assert.Equal(["Action=ListAttachedRolePolicies", "RoleName=x-launch", "Version=2010-05-08"], endpoint.Only.Body.Split('&').Order());
        Assert.Equal("eu-west-1/iam/aws4_request", endpoint.Only.Scope);
        Assert.Equal((Deny, "more"), (Assert.Single(page.AttachedPolicies).PolicyArn, page.Marker));
    }

    [Fact]
    public async Task Given_ARoleAndAPolicy_When_AttachedAndDetached_Then_BothAreNamed()
    {
        using var endpoint = new FakeAwsEndpoint(Done("AttachRolePolicy"), Done("DetachRolePolicy"));
        using var client = FakeClients.Iam(endpoint);

        await client.AttachRolePolicyAsync(new AttachRolePolicyRequest { RoleName = "x-launch", PolicyArn = Deny });
        await client.DetachRolePolicyAsync(new DetachRolePolicyRequest { RoleName = "x-launch", PolicyArn = Deny });

        Assert.All(endpoint.Requests, sent => Assert.Contains($"PolicyArn={Uri.EscapeDataString(Deny)}", sent.Body.Split('&')));
        Assert.Equal(["Action=AttachRolePolicy", "Action=DetachRolePolicy"], endpoint.Requests.Select(sent => sent.Body.Split('&').First(part => part.StartsWith("Action", StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData(404, "NoSuchEntity", typeof(NoSuchEntityException))]
    [InlineData(403, "AccessDenied", typeof(AmazonIdentityManagementServiceException))]
    public async Task Given_AnError_When_Called_Then_CodeStatusAndMessageAreKnown(int status, string code, Type type)
    {
        using var endpoint = new FakeAwsEndpoint(new Answer(
            status, $"""<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>{code}</Code><Message>why</Message></Error><RequestId>r</RequestId></ErrorResponse>""", ("Content-Type", "text/xml")));
        using var client = FakeClients.Iam(endpoint);

        var error = (AmazonServiceException)(await Record.ExceptionAsync(() => client.AttachRolePolicyAsync(new AttachRolePolicyRequest { RoleName = "x", PolicyArn = Deny })))!;

        Assert.Equal((type, code, (HttpStatusCode)status, "why", ErrorType.Sender), (error.GetType(), error.ErrorCode, error.StatusCode, error.Message, error.ErrorType));
    }

    private static Answer Done(string operation) => new(
        200, $"<{operation}Response xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></{operation}Response>", ("Content-Type", "text/xml"));
}
