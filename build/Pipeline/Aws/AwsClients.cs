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

    private readonly Client<AmazonS3Client> _s3 = new(connection => Create(
        Located(connection, new AmazonS3Config { ForcePathStyle = connection.IsSandbox }), config => new AmazonS3Client(config), (credentials, config) => new(credentials, config)));

    private readonly Client<AmazonSageMakerClient> _sageMaker = new(connection => Create(
        Located(connection, new AmazonSageMakerConfig { Timeout = AnswerLimit }), config => new AmazonSageMakerClient(config), (credentials, config) => new(credentials, config)));

    private readonly Client<AmazonCloudWatchLogsClient> _logs = new(connection => Create(
        Located(connection, new AmazonCloudWatchLogsConfig { Timeout = AnswerLimit }), config => new AmazonCloudWatchLogsClient(config), (credentials, config) => new(credentials, config)));

    private readonly Client<AmazonCloudWatchClient> _cloudWatch = new(connection => Create(
        Located(connection, new AmazonCloudWatchConfig { Timeout = AnswerLimit }), config => new AmazonCloudWatchClient(config), (credentials, config) => new(credentials, config)));

    private readonly Client<AmazonEC2Client> _ec2 = new(connection => Create(
        Located(connection, new AmazonEC2Config { Timeout = AnswerLimit }), config => new AmazonEC2Client(config), (credentials, config) => new(credentials, config)));

    private readonly Client<AmazonSecurityTokenServiceClient> _securityToken = new(connection => Create(
        Located(connection, new AmazonSecurityTokenServiceConfig { Timeout = FirstAnswerLimit, MaxErrorRetry = 1 }), config => new AmazonSecurityTokenServiceClient(config), (credentials, config) => new(credentials, config)));

    private readonly Client<AmazonServiceQuotasClient> _serviceQuotas = new(connection => Create(
        Located(connection, new AmazonServiceQuotasConfig { Timeout = AnswerLimit }), config => new AmazonServiceQuotasClient(config), (credentials, config) => new(credentials, config)));

    private readonly Func<AwsConnection> _connection;

    /// <summary>Clients of one place; nothing is connected yet.</summary>
    public AwsClients(AwsConnection connection)
        : this(() => connection)
    {
    }

    /// <summary>Clients of the place as it is at each use: a job's region is known only after the plan, and a sandbox that restarts has another port.</summary>
    public AwsClients(Func<AwsConnection> connection) => _connection = connection;

    /// <inheritdoc/>
    public AwsConnection Connection => _connection();

    /// <inheritdoc/>
    public IAmazonS3 S3 => _s3.At(Connection);

    /// <inheritdoc/>
    public IAmazonSageMaker SageMaker => _sageMaker.At(Connection);

    /// <inheritdoc/>
    public IAmazonCloudWatchLogs Logs => _logs.At(Connection);

    /// <inheritdoc/>
    public IAmazonCloudWatch CloudWatch => _cloudWatch.At(Connection);

    /// <inheritdoc/>
    public IAmazonEC2 Ec2 => _ec2.At(Connection);

    /// <inheritdoc/>
    public IAmazonSecurityTokenService SecurityToken => _securityToken.At(Connection);

    /// <inheritdoc/>
    public IAmazonServiceQuotas ServiceQuotas => _serviceQuotas.At(Connection);

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
        _s3.Dispose();
        _sageMaker.Dispose();
        _logs.Dispose();
        _cloudWatch.Dispose();
        _ec2.Dispose();
        _securityToken.Dispose();
        _serviceQuotas.Dispose();
    }

    private static TClient Create<TConfig, TClient>(
        (AwsConnection Connection, TConfig Config) located, Func<TConfig, TClient> withDefaults, Func<AWSCredentials, TConfig, TClient> withCredentials) =>
        located.Connection.IsSandbox ? withCredentials(new BasicAWSCredentials("sandbox", "sandbox"), located.Config) : withDefaults(located.Config);

    private static (AwsConnection Connection, TConfig Config) Located<TConfig>(AwsConnection connection, TConfig config)
        where TConfig : ClientConfig
    {
        if (connection.Endpoint is { } endpoint)
        {
            config.ServiceURL = endpoint.ToString();
            config.AuthenticationRegion = connection.Region;
        }
        else
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(connection.Region);
        }

        return (connection, config);
    }

    /// <summary>One client of the current place; earlier ones live on for the calls that they are in.</summary>
    private sealed class Client<T>(Func<AwsConnection, T> create) : IDisposable
        where T : class, IDisposable
    {
        private readonly Lock _gate = new();
        private readonly Dictionary<AwsConnection, T> _made = [];

        public T At(AwsConnection connection)
        {
            lock (_gate)
            {
                return _made.TryGetValue(connection, out var known) ? known : _made[connection] = create(connection);
            }
        }

        public void Dispose()
        {
            foreach (var client in _made.Values)
            {
                client.Dispose();
            }
        }
    }
}
