using BuildPipeline.Sandbox.Tests.Models;

namespace BuildPipeline.Sandbox.Tests.Iam;

public sealed class IdentityProviderTests : IDisposable
{
    private const string Issuer = "issuer.example/path";

    private readonly IamHarness _iam = new();

    public void Dispose() => _iam.Dispose();

    [Fact]
    [Effect("CreateOpenIDConnectProvider", "Url", "ClientIDList", "ThumbprintList", "Tags[].Key", "Tags[].Value")]
    [Effect("GetOpenIDConnectProvider", "OpenIDConnectProviderArn")]
    [Effect("DeleteOpenIDConnectProvider", "OpenIDConnectProviderArn")]
    [Effect("UpdateOpenIDConnectProviderThumbprint", "OpenIDConnectProviderArn", "ThumbprintList")]
    [Effect("AddClientIDToOpenIDConnectProvider", "OpenIDConnectProviderArn", "ClientID")]
    [Effect("RemoveClientIDFromOpenIDConnectProvider", "OpenIDConnectProviderArn", "ClientID")]
    [Effect("TagOpenIDConnectProvider", "OpenIDConnectProviderArn", "Tags[].Key", "Tags[].Value")]
    [Effect("UntagOpenIDConnectProvider", "OpenIDConnectProviderArn", "TagKeys")]
    [Effect("ListOpenIDConnectProviderTags", "OpenIDConnectProviderArn", "Marker", "MaxItems")]
    public async Task Given_an_identity_provider_When_created_and_changed_Then_the_account_trusts_it_so_until_it_is_deleted()
    {
        var (prints, tags) = ($"ThumbprintList.member.1={new string('a', 40)}", "Tags.member.1.Key=k&Tags.member.1.Value=v");
        var url = $"Url=https://{Issuer}";
        var arn = (await _iam.CallAsync("CreateOpenIDConnectProvider", $"{url}&ClientIDList.member.1=one&{prints}&{tags}")).Texts("OpenIDConnectProviderArn")[0];
        var named = $"OpenIDConnectProviderArn={arn}";
        await _iam.CallAsync("AddClientIDToOpenIDConnectProvider", $"{named}&ClientID=two");
        await _iam.CallAsync("RemoveClientIDFromOpenIDConnectProvider", $"{named}&ClientID=one");
        await _iam.CallAsync("UpdateOpenIDConnectProviderThumbprint", $"{named}&ThumbprintList.member.1={new string('b', 40)}");
        await _iam.CallAsync("TagOpenIDConnectProvider", $"{named}&Tags.member.1.Key=l&Tags.member.1.Value=w");
        await _iam.CallAsync("UntagOpenIDConnectProvider", $"{named}&TagKeys.member.1=k");
        _iam.Restart();

        var provider = await _iam.CallAsync("GetOpenIDConnectProvider", named);

        Assert.Equal($"arn:aws:iam::{IamHarness.Account}:oidc-provider/{Issuer}", arn);
        Assert.Equal((Issuer, "two", new string('b', 40)), (provider.Texts("Url")[0], provider.Texts("ClientIDList")[0], provider.Texts("ThumbprintList")[0]));
        Assert.Equal(["l"], (await _iam.CallAsync("ListOpenIDConnectProviderTags", $"{named}&MaxItems=1")).Texts("Key"));
        Assert.Equal("ValidationError", await _iam.RefusedAsync("ListOpenIDConnectProviderTags", $"{named}&Marker=9"));
        Assert.Equal([arn], (await _iam.CallAsync("ListOpenIDConnectProviders")).Texts("Arn"));
        Assert.Equal((arn, "two"), _iam.Policies.FindProvider($"https://{Issuer}") is { } trusted ? (trusted.Arn, trusted.ClientIds.Single()) : default);
        Assert.Equal("EntityAlreadyExists", await _iam.RefusedAsync("CreateOpenIDConnectProvider", url));
        await _iam.CallAsync("DeleteOpenIDConnectProvider", named);
        Assert.Equal("NoSuchEntity", await _iam.RefusedAsync("GetOpenIDConnectProvider", named));
        Assert.Null(_iam.Policies.FindProvider(Issuer));
    }

    [Theory]
    [InlineData("Url=http://issuer.example", "InvalidInput")]
    [InlineData("Url=https://issuer.example/?query", "InvalidInput")]
    [InlineData("Url=issuer", "InvalidInput")]
    public async Task Given_another_address_When_a_provider_is_created_Then_it_is_refused(string fields, string code) =>
        Assert.Equal(code, await _iam.RefusedAsync("CreateOpenIDConnectProvider", fields));
}
