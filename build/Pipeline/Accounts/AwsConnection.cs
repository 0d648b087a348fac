using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Credentials;
using Amazon.S3;

namespace BuildPipeline.Accounts;

/// <summary>Where clients of one region of an account connect to.</summary>
/// <param name="Region">AWS region.</param>
public abstract record AwsConnection(string Region)
{
    /// <summary>As a message names it, for example <c>AWS in eu-west-1</c>.</summary>
    public abstract string Name { get; }

    /// <summary>How often the services are asked.</summary>
    public abstract PollingOptions PollingOptions { get; }

    /// <summary>Where all services are; null for AWS, where each has its own address.</summary>
    public abstract Uri? Endpoint { get; }

    /// <summary>What requests are signed with.</summary>
    public abstract AWSCredentials Credentials { get; }

    /// <summary>Points a client there, and sets its credentials where they are not those of the SDK's default chain.</summary>
    public abstract void Configure(ClientConfig config);
}

/// <summary>The public AWS, with the credentials of the SDK's default chain.</summary>
public sealed record PublicConnection(string Region) : AwsConnection(Region)
{
    /// <inheritdoc/>
    public override string Name => $"AWS in {Region}";

    /// <inheritdoc/>
    public override PollingOptions PollingOptions => PollingOptions.Aws;

    /// <inheritdoc/>
    public override Uri? Endpoint => null;

    /// <inheritdoc/>
    public override AWSCredentials Credentials => DefaultAWSCredentialsIdentityResolver.GetCredentials();

    /// <inheritdoc/>
    public override void Configure(ClientConfig config) => config.RegionEndpoint = RegionEndpoint.GetBySystemName(Region);
}

/// <summary>The sandbox, with credentials that are worth nothing anywhere else.</summary>
/// <param name="Address">Where it listens now.</param>
public sealed record SandboxConnection(string Region, Uri Address) : AwsConnection(Region)
{
    /// <summary>Key ID and secret of the sandbox, which checks neither.</summary>
    public const string Key = "sandbox";

    /// <inheritdoc/>
    public override string Name => $"the sandbox at {Address.Authority}";

    /// <inheritdoc/>
    public override PollingOptions PollingOptions => PollingOptions.Sandbox;

    /// <inheritdoc/>
    public override Uri? Endpoint => Address;

    /// <inheritdoc/>
    public override AWSCredentials Credentials => new BasicAWSCredentials(Key, Key);

    /// <inheritdoc/>
    public override void Configure(ClientConfig config)
    {
        config.ServiceURL = Address.ToString();
        config.AuthenticationRegion = Region;
        config.DefaultAWSCredentials = Credentials;
        if (config is AmazonS3Config s3)
        {
            s3.ForcePathStyle = true;
        }
    }
}

/// <summary>Where another connection leads, with the credentials of an assumed role.</summary>
/// <param name="Place">The other connection.</param>
/// <param name="Session">Credentials of the role.</param>
public sealed record RoleConnection(AwsConnection Place, AWSCredentials Session) : AwsConnection(Place.Region)
{
    /// <inheritdoc/>
    public override string Name => Place.Name;

    /// <inheritdoc/>
    public override PollingOptions PollingOptions => Place.PollingOptions;

    /// <inheritdoc/>
    public override Uri? Endpoint => Place.Endpoint;

    /// <inheritdoc/>
    public override AWSCredentials Credentials => Session;

    /// <inheritdoc/>
    public override void Configure(ClientConfig config)
    {
        Place.Configure(config);
        config.DefaultAWSCredentials = Session;
    }
}
