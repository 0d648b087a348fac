namespace BuildPipeline.Sandbox.SageMaker.Requests;

/// <summary>The part of a validated CreateTrainingJob request that the sandbox acts on; member names are AWS's.</summary>
internal sealed record TrainingJobRequest(
    string TrainingJobName,
    string RoleArn,
    AlgorithmSpecification AlgorithmSpecification,
    OutputDataConfig OutputDataConfig,
    ResourceConfig ResourceConfig)
{
    private const int DefaultMaxRuntimeInSeconds = 86_400;

    public StoppingCondition? StoppingCondition { get; init; }

    public IReadOnlyList<Channel>? InputDataConfig { get; init; }

    public IReadOnlyDictionary<string, string>? HyperParameters { get; init; }

    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    public CheckpointConfig? CheckpointConfig { get; init; }

    public VpcConfig? VpcConfig { get; init; }

    public RetryStrategy? RetryStrategy { get; init; }

    public InfraCheckConfig? InfraCheckConfig { get; init; }

    public bool EnableManagedSpotTraining { get; init; }

    public bool EnableNetworkIsolation { get; init; }

    /// <summary>The longest that all attempts of the job may run together, waiting for capacity left out.</summary>
    public TimeSpan MaxRuntime => TimeSpan.FromSeconds(StoppingCondition?.MaxRuntimeInSeconds ?? DefaultMaxRuntimeInSeconds);

    /// <summary>The longest that all attempts of the job may take together, waiting for capacity included; null without spot.</summary>
    public TimeSpan? MaxWait => StoppingCondition?.MaxWaitTimeInSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
}

internal sealed record AlgorithmSpecification(
    string TrainingImage,
    string TrainingInputMode,
    IReadOnlyList<MetricDefinition>? MetricDefinitions = null,
    IReadOnlyList<string>? ContainerEntrypoint = null,
    IReadOnlyList<string>? ContainerArguments = null);

internal sealed record MetricDefinition(string Name, string Regex);

internal sealed record OutputDataConfig(string S3OutputPath, string? KmsKeyId = null, string? CompressionType = null);

internal sealed record ResourceConfig(
    string InstanceType, int InstanceCount, int? VolumeSizeInGB = null, string? VolumeKmsKeyId = null)
{
    /// <summary>Bytes of the volume for the input data; null if the instance type brings its own storage, or none was given.</summary>
    public long? VolumeBytes => VolumeSizeInGB is { } size && !InstanceTypes.HasLocalStorage(InstanceType) ? size * (1L << 30) : null;
}

internal sealed record VpcConfig(IReadOnlyList<string> SecurityGroupIds, IReadOnlyList<string> Subnets);

internal sealed record StoppingCondition(int? MaxRuntimeInSeconds = null, int? MaxWaitTimeInSeconds = null);

internal sealed record RetryStrategy(int MaximumRetryAttempts);

internal sealed record InfraCheckConfig(bool EnableInfraCheck = false);

internal sealed record Channel(
    string ChannelName, DataSource DataSource, string? InputMode = null, string? ContentType = null);

internal sealed record DataSource(S3DataSource? S3DataSource);

internal sealed record S3DataSource(string S3DataType, string S3Uri, string? S3DataDistributionType = null);

internal sealed record CheckpointConfig(string S3Uri, string? LocalPath = null);
