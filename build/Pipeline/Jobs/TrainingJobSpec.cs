namespace BuildPipeline.Jobs;

/// <summary>The training job as Terraform describes it: the output object <c>training_job</c>.</summary>
/// <remarks>At plan time values that only apply will know (ids, ARNs) are null; after apply the object is whole.</remarks>
public sealed record TrainingJobSpec
{
    /// <summary>False (the default) means that nothing may be submitted.</summary>
    public bool Enabled { get; init; }

    /// <summary>Base of the job's name, at most 36 characters; the run id is appended.</summary>
    public required string Name { get; init; }

    /// <summary>AWS region.</summary>
    public required string Region { get; init; }

    /// <summary>The Terraform environment, for example <c>sandbox</c>.</summary>
    public required string Environment { get; init; }

    /// <summary>The team that pays.</summary>
    public required string Team { get; init; }

    /// <summary>Container image, by tag or digest.</summary>
    public required string TrainingImageUri { get; init; }

    /// <summary>Folder with the training program, relative to the repository or absolute; null in records of earlier versions is <c>training</c>.</summary>
    public string? SourceDir { get; init; }

    /// <summary>Execution role.</summary>
    public string? RoleArn { get; init; }

    /// <summary>SageMaker instance type, for example <c>ml.g5.xlarge</c>.</summary>
    public required string InstanceType { get; init; }

    /// <summary>Nodes.</summary>
    public required int InstanceCount { get; init; }

    /// <summary>The most that an hour of one node may cost on demand, dollars; null means no bound.</summary>
    public Usd? MaxUsdPerNodeHour { get; init; }

    /// <summary>What is tried in this order where capacity is refused; the job as described here is the first node option.</summary>
    public IReadOnlyList<FallbackOption> InstanceFallbacks { get; init; } = [];

    /// <summary>Training volume of each node, gigabytes.</summary>
    public required int VolumeSizeGb { get; init; }

    /// <summary>Key of the training volume; null for types with local NVMe, which refuse one.</summary>
    public string? VolumeKmsKeyArn { get; init; }

    /// <summary>The most seconds the job may run, restarts included.</summary>
    public required int MaxRuntimeSeconds { get; init; }

    /// <summary>The most seconds from submission to end on spot, waiting included; null on demand.</summary>
    public int? MaxWaitSeconds { get; init; }

    /// <summary>Managed spot.</summary>
    public required bool UseSpotInstances { get; init; }

    /// <summary>How often AWS starts the job again after an internal error of its own, 1 to 30; null is never.</summary>
    public int? MaxRetryAttempts { get; init; }

    /// <summary>True has AWS check the nodes and their network before the program starts; null in records of earlier versions.</summary>
    public bool? EnableInfraCheck { get; init; }

    /// <summary>Hyperparameters, as the program gets them.</summary>
    public IReadOnlyDictionary<string, string> Hyperparameters { get; init; } = new Dictionary<string, string>();

    /// <summary>Environment variables of the program.</summary>
    public IReadOnlyDictionary<string, string> EnvironmentVariables { get; init; } = new Dictionary<string, string>();

    /// <summary>Where the program's secrets are, by environment variable: <c>ssm:NAME</c> or the ARN of a secret; null if it has none.</summary>
    public IReadOnlyDictionary<string, string>? SecretEnvironment { get; init; }

    /// <summary>An <c>s3://</c> prefix, or a folder relative to the repository root, which the pipeline uploads.</summary>
    public required string TrainingDataUri { get; init; }

    /// <summary>As <see cref="TrainingDataUri"/>, what the training is validated on; null if the program holds out a part.</summary>
    public string? ValidationDataUri { get; init; }

    /// <summary>As <see cref="TrainingDataUri"/>, the model that the training starts from; null starts from nothing.</summary>
    public string? ModelDataUri { get; init; }

    /// <summary>Seconds between checkpoints that the program is asked for; 0 is none, null leaves the choice to the pipeline (auto).</summary>
    public int? CheckpointIntervalSeconds { get; init; }

    /// <summary>Hours from submission by which the training has to be done; null means no deadline.</summary>
    public double? DeadlineHours { get; init; }

    /// <summary>Seconds of training without interruptions, as far as known beforehand.</summary>
    public int? ExpectedRuntimeSeconds { get; init; }

    /// <summary>Gigabytes of one checkpoint, all nodes together; 0 counts no storage.</summary>
    public decimal CheckpointSizeGb { get; init; }

    /// <summary>The artifact bucket.</summary>
    public required string ArtifactBucket { get; init; }

    /// <summary>Key prefix of the runs in the bucket, for example <c>runs</c>.</summary>
    public required string ArtifactPrefix { get; init; }

    /// <summary>Key of the bucket and of the job's output.</summary>
    public string? KmsKeyArn { get; init; }

    /// <summary>Private subnets.</summary>
    public IReadOnlyList<string>? SubnetIds { get; init; }

    /// <summary>Security groups of the nodes.</summary>
    public IReadOnlyList<string>? SecurityGroupIds { get; init; }

    /// <summary>Log group of the nodes.</summary>
    public required string LogGroupName { get; init; }

    /// <summary>True cuts the containers off from every network but each other.</summary>
    public bool EnableNetworkIsolation { get; init; }

    /// <summary>True encrypts the traffic between the nodes.</summary>
    public bool EncryptInterContainerTraffic { get; init; }

    /// <summary>Container entrypoint; empty means the image's own.</summary>
    public IReadOnlyList<string> Entrypoint { get; init; } = [];

    /// <summary>What SageMaker reads out of the log as metrics.</summary>
    public IReadOnlyList<MetricDefinitionSpec> MetricDefinitions { get; init; } = [];

    /// <summary>The metric that a finished run is judged by.</summary>
    public FinalMetricSpec? FinalMetric { get; init; }

    /// <summary>Where the run is tracked; null in records of earlier versions.</summary>
    public TrackingSpec? Tracking { get; init; }

    /// <summary>What the pipeline does for the environment's alarms; null if there are none.</summary>
    public AlarmSpec? Alarms { get; init; }

    /// <summary>Tags of the job.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();
}

/// <summary>A metric and the regular expression, with one group, that finds its value in a log line.</summary>
public sealed record MetricDefinitionSpec(string Name, string Regex);

/// <summary>Bounds, inclusive, of the metric that a finished run is judged by; null means no bound.</summary>
public sealed record FinalMetricSpec(string Name, double? Min, double? Max);
