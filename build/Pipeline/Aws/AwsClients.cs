using Amazon.CloudWatch;
using Amazon.CloudWatchLogs;
using Amazon.EC2;
using Amazon.IdentityManagement;
using Amazon.KeyManagementService;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.S3;
using Amazon.SageMaker;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;
using Amazon.ServiceQuotas;
using BuildPipeline.Accounts;

namespace BuildPipeline.Aws;

/// <summary>The AWS SDK's own clients, made for the account as it is at each use: a job's region is known only after its plan, and a sandbox that restarts has another port.</summary>
/// <param name="account">The account.</param>
/// <param name="region">The region.</param>
public sealed class AwsClients(IAccount account, IRegion region) : IAwsClients, IDisposable
{
    /// <summary>One answer of an API.</summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(20);

    /// <summary>The start of an answer of S3, whose requests may carry a plan or a page of names. The SDK itself would wait for days.</summary>
    private static readonly TimeSpan S3AnswerLimit = TimeSpan.FromMinutes(1);

    /// <summary>The first call of a target: an endpoint that does not answer has to show soon.</summary>
    private static readonly TimeSpan FirstAnswerLimit = TimeSpan.FromSeconds(10);

    private const int UploadBufferBytes = 128 * 1024;

    private readonly Client<AmazonS3Client> _s3 = new(connection => new(At(connection, new AmazonS3Config { Timeout = S3AnswerLimit })));

    private readonly Client<AmazonS3Client> _uploads = new(connection => new(UploadConfig(connection)));

    private readonly Client<AmazonSageMakerClient> _sageMaker = new(connection => new(At(connection, new AmazonSageMakerConfig { Timeout = AnswerLimit })));

    private readonly Client<AmazonCloudWatchLogsClient> _logs = new(connection => new(At(connection, new AmazonCloudWatchLogsConfig { Timeout = AnswerLimit })));

    private readonly Client<AmazonCloudWatchClient> _cloudWatch = new(connection => new(At(connection, new AmazonCloudWatchConfig { Timeout = AnswerLimit })));

    private readonly Client<AmazonEC2Client> _ec2 = new(connection => new(At(connection, new AmazonEC2Config { Timeout = AnswerLimit })));

    private readonly Client<AmazonSecurityTokenServiceClient> _securityToken = new(
        connection => new(At(connection, new AmazonSecurityTokenServiceConfig { Timeout = FirstAnswerLimit, MaxErrorRetry = 1 })));

    private readonly Client<AmazonServiceQuotasClient> _serviceQuotas = new(connection => new(At(connection, new AmazonServiceQuotasConfig { Timeout = AnswerLimit })));

    private readonly Client<AmazonIdentityManagementServiceClient> _identityManagement = new(
        connection => new(At(connection, new AmazonIdentityManagementServiceConfig { Timeout = AnswerLimit })));

    private readonly Client<AmazonKeyManagementServiceClient> _keys = new(connection => new(At(connection, new AmazonKeyManagementServiceConfig { Timeout = AnswerLimit })));

    static AwsClients() => RuntimePipelineCustomizerRegistry.Instance.Register(new ClockSkewCustomizer());

    /// <inheritdoc/>
    public AwsConnection Connection => account.In(region.Name ?? account.Region);

    /// <inheritdoc/>
    public IAmazonS3 S3 => _s3.At(Connection);

    /// <inheritdoc/>
    public IAmazonS3 Uploads => _uploads.At(Connection);

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
    public IAmazonIdentityManagementService IdentityManagement => _identityManagement.At(Connection);

    /// <inheritdoc/>
    public IAmazonKeyManagementService KeysIn(string region) => _keys.At(account.In(region));

    /// <summary>How the client for uploads is configured: with no limit, since a large file takes its time, and with few reads of a file.</summary>
    public static AmazonS3Config UploadConfig(AwsConnection connection) => At(connection, new AmazonS3Config { BufferSize = UploadBufferBytes });

    /// <inheritdoc/>
    public async Task<CallerIdentity> CheckCredentialsAsync(CancellationToken cancellationToken)
    {
        try
        {
            var identity = await SecurityToken.GetCallerIdentityAsync(new GetCallerIdentityRequest(), cancellationToken);
            return new(identity.Account, identity.Arn);
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            throw AwsErrors.ToPipelineException(exception, "asking AWS who the credentials belong to", Connection);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _s3.Dispose();
        _uploads.Dispose();
        _sageMaker.Dispose();
        _logs.Dispose();
        _cloudWatch.Dispose();
        _ec2.Dispose();
        _securityToken.Dispose();
        _serviceQuotas.Dispose();
        _identityManagement.Dispose();
        _keys.Dispose();
    }

    private static TConfig At<TConfig>(AwsConnection connection, TConfig config)
        where TConfig : ClientConfig
    {
        connection.Configure(config);
        return config;
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
