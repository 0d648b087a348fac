using Amazon;
using Amazon.CloudWatch;
using Amazon.CloudWatchLogs;
using Amazon.EC2;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.SageMaker;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;
using Amazon.ServiceQuotas;

namespace BuildPipeline.Aws;

/// <summary>The AWS SDK's own clients, for the real AWS or for the sandbox.</summary>
/// <remarks>On AWS the credentials come from the SDK's default chain; the sandbox takes any, and gets none that are worth anything.</remarks>
public sealed class AwsClients : IAwsClients, IDisposable
{
    /// <summary>One answer of an API; S3 keeps the SDK's own limit, for its requests carry whole files.</summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(20);

    /// <summary>The first call of a target: an endpoint that does not answer has to show soon.</summary>
    private static readonly TimeSpan FirstAnswerLimit = TimeSpan.FromSeconds(10);

    private readonly Lazy<AmazonS3Client> _s3;
    private readonly Lazy<AmazonSageMakerClient> _sageMaker;
    private readonly Lazy<AmazonCloudWatchLogsClient> _logs;
    private readonly Lazy<AmazonCloudWatchClient> _cloudWatch;
    private readonly Lazy<AmazonEC2Client> _ec2;
    private readonly Lazy<AmazonSecurityTokenServiceClient> _securityToken;
    private readonly Lazy<AmazonServiceQuotasClient> _serviceQuotas;

    private readonly Func<AwsConnection> _connection;

    /// <summary>Clients of one place; nothing is connected yet.</summary>
    public AwsClients(AwsConnection connection)
        : this(() => connection)
    {
    }

    /// <summary>Clients of the place that is known when each is first used: a job's region is known only after the plan.</summary>
    public AwsClients(Func<AwsConnection> connection)
    {
        _connection = connection;
        var credentials = Connection.IsSandbox ? new BasicAWSCredentials("sandbox", "sandbox") : null;
        _s3 = Client(Located(new AmazonS3Config { ForcePathStyle = Connection.IsSandbox }),
            config => credentials is null ? new AmazonS3Client(config) : new(credentials, config));
        _sageMaker = Client(Located(new AmazonSageMakerConfig { Timeout = AnswerLimit }),
            config => credentials is null ? new AmazonSageMakerClient(config) : new(credentials, config));
        _logs = Client(Located(new AmazonCloudWatchLogsConfig { Timeout = AnswerLimit }),
            config => credentials is null ? new AmazonCloudWatchLogsClient(config) : new(credentials, config));
        _cloudWatch = Client(Located(new AmazonCloudWatchConfig { Timeout = AnswerLimit }),
            config => credentials is null ? new AmazonCloudWatchClient(config) : new(credentials, config));
        _ec2 = Client(Located(new AmazonEC2Config { Timeout = AnswerLimit }),
            config => credentials is null ? new AmazonEC2Client(config) : new(credentials, config));
        _securityToken = Client(Located(new AmazonSecurityTokenServiceConfig { Timeout = FirstAnswerLimit, MaxErrorRetry = 1 }),
            config => credentials is null ? new AmazonSecurityTokenServiceClient(config) : new(credentials, config));
        _serviceQuotas = Client(Located(new AmazonServiceQuotasConfig { Timeout = AnswerLimit }),
            config => credentials is null ? new AmazonServiceQuotasClient(config) : new(credentials, config));
    }

    /// <inheritdoc/>
    public AwsConnection Connection => _connection();

    /// <inheritdoc/>
    public IAmazonS3 S3 => _s3.Value;

    /// <inheritdoc/>
    public IAmazonSageMaker SageMaker => _sageMaker.Value;

    /// <inheritdoc/>
    public IAmazonCloudWatchLogs Logs => _logs.Value;

    /// <inheritdoc/>
    public IAmazonCloudWatch CloudWatch => _cloudWatch.Value;

    /// <inheritdoc/>
    public IAmazonEC2 Ec2 => _ec2.Value;

    /// <inheritdoc/>
    public IAmazonSecurityTokenService SecurityToken => _securityToken.Value;

    /// <inheritdoc/>
    public IAmazonServiceQuotas ServiceQuotas => _serviceQuotas.Value;

    /// <inheritdoc/>
    public async Task<CallerIdentity> CheckCredentialsAsync(CancellationToken cancellationToken)
    {
        try
        {
            var identity = await SecurityToken.GetCallerIdentityAsync(new GetCallerIdentityRequest(), cancellationToken);
            return new(identity.Account, identity.Arn);
        }
        catch (Exception exception) when (AwsErrors.IsFromAws(exception, cancellationToken))
        {
            throw AwsErrors.Explain(exception, "asking AWS who the credentials belong to", Connection);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        DisposeIfMade(_s3);
        DisposeIfMade(_sageMaker);
        DisposeIfMade(_logs);
        DisposeIfMade(_cloudWatch);
        DisposeIfMade(_ec2);
        DisposeIfMade(_securityToken);
        DisposeIfMade(_serviceQuotas);
    }

    private static Lazy<TClient> Client<TConfig, TClient>(Func<TConfig> config, Func<TConfig, TClient> create) => new(() => create(config()));

    private static void DisposeIfMade<TClient>(Lazy<TClient> client)
        where TClient : IDisposable
    {
        if (client.IsValueCreated)
        {
            client.Value.Dispose();
        }
    }

    private Func<TConfig> Located<TConfig>(TConfig config)
        where TConfig : ClientConfig => () =>
    {
        if (Connection.Endpoint is { } endpoint)
        {
            config.ServiceURL = endpoint.ToString();
            config.AuthenticationRegion = Connection.Region;
        }
        else
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(Connection.Region);
        }

        return config;
    };
}
