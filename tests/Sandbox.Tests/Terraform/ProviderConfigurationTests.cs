using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.Terraform.Protocol;
using BuildPipeline.Sandbox.Terraform.Rules;
using BuildPipeline.Sandbox.Terraform.Values;
using BuildPipeline.Sandbox.Tests.Authorization;

namespace BuildPipeline.Sandbox.Tests.Terraform;

public sealed class ProviderConfigurationTests
{
    [Fact]
    public void Given_connections_of_several_terraforms_When_each_is_configured_Then_none_gets_anothers_configuration_or_session()
    {
        var (ofSession, ofAdministrator, lost) = (Connection(), Connection(), Connection());
        var session = TestRoles.Session();
        ofSession[typeof(Caller)] = session;
        ProviderConfigurations.Set(ofSession, new("us-east-1", MapValue.Empty));
        ProviderConfigurations.Set(ofAdministrator, new("eu-west-1", MapValue.Empty));

        Assert.Equal(new("us-east-1", MapValue.Empty) { Session = session }, ProviderConfigurations.Get(ofSession));
        Assert.Equal(new("eu-west-1", MapValue.Empty), ProviderConfigurations.Get(ofAdministrator));
        Assert.Throws<ResourceError>(() => ProviderConfigurations.Get(lost));
    }

    private static Dictionary<object, object?> Connection() => [];
}
