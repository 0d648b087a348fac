using static BuildPipeline.Sandbox.SageMaker.Requests.MemberKind;

namespace BuildPipeline.Sandbox.SageMaker.Requests;

/// <summary>The limits that AWS's service model puts on the requests of container training jobs.</summary>
internal static class TrainingJobModel
{
    public const string NamePattern = "[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}";

    private const string S3Uri = "(https|s3)://([^/]+)/?(.*)";
    private const string Key = "[a-zA-Z0-9:/_-]*";
    private const string TagText = @"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)";

    private static readonly string[] InputModes = ["Pipe", "File", "FastFile"];
    private static readonly string[] DataTypes = ["ManifestFile", "S3Prefix", "AugmentedManifestFile", "Converse"];

    public static IReadOnlyList<Constraint> Create { get; } =
    [
        new("TrainingJobName", Text, Required: true, Min: 1, Max: 63, Pattern: NamePattern),
        new("RoleArn", Text, Required: true, Min: 20, Max: 2048, Pattern: @"arn:aws[a-z\-]*:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+"),
        new("HyperParameters", Map, Max: 100),
        new("HyperParameters.key", Text, Max: 256),
        new("HyperParameters.value", Text, Max: 2500),
        new("Environment", Map, Max: 100),
        new("Environment.key", Text, Max: 512, Pattern: "[a-zA-Z_][a-zA-Z0-9_]*"),
        new("Environment.value", Text, Max: 512),
        new("AlgorithmSpecification"),
        new("AlgorithmSpecification.TrainingImage", Text, Max: 255),
        new("AlgorithmSpecification.TrainingInputMode", Text, Required: true, Values: InputModes),
        new("AlgorithmSpecification.ContainerEntrypoint", List, Min: 1, Max: 100),
        new("AlgorithmSpecification.ContainerEntrypoint[]", Text, Max: 256),
        new("AlgorithmSpecification.ContainerArguments", List, Min: 1, Max: 100),
        new("AlgorithmSpecification.ContainerArguments[]", Text, Max: 256),
        new("AlgorithmSpecification.MetricDefinitions", List, Max: 40),
        new("AlgorithmSpecification.MetricDefinitions[]"),
        new("AlgorithmSpecification.MetricDefinitions[].Name", Text, Required: true, Min: 1, Max: 255),
        new("AlgorithmSpecification.MetricDefinitions[].Regex", Text, Required: true, Min: 1, Max: 500),
        new("AlgorithmSpecification.TrainingImageConfig"),
        new("AlgorithmSpecification.TrainingImageConfig.TrainingRepositoryAccessMode", Text, Required: true, Values: ["Platform", "Vpc"]),
        new("InputDataConfig", List, Min: 1, Max: 20),
        new("InputDataConfig[]"),
        new("InputDataConfig[].ChannelName", Text, Required: true, Min: 1, Max: 64, Pattern: @"[A-Za-z0-9\.\-_]+"),
        new("InputDataConfig[].DataSource", Structure, Required: true),
        new("InputDataConfig[].DataSource.S3DataSource"),
        new("InputDataConfig[].DataSource.S3DataSource.S3DataType", Text, Required: true, Values: DataTypes),
        new("InputDataConfig[].DataSource.S3DataSource.S3Uri", Text, Required: true, Max: 1024, Pattern: S3Uri),
        new("InputDataConfig[].DataSource.S3DataSource.S3DataDistributionType", Text, Values: ["FullyReplicated", "ShardedByS3Key"]),
        new("InputDataConfig[].ContentType", Text, Max: 256),
        new("InputDataConfig[].CompressionType", Text, Values: ["None", "Gzip"]),
        new("InputDataConfig[].RecordWrapperType", Text, Values: ["None", "RecordIO"]),
        new("InputDataConfig[].InputMode", Text, Values: InputModes),
        new("OutputDataConfig", Structure, Required: true),
        new("OutputDataConfig.S3OutputPath", Text, Required: true, Max: 1024, Pattern: S3Uri),
        new("OutputDataConfig.KmsKeyId", Text, Max: 2048, Pattern: Key),
        new("OutputDataConfig.CompressionType", Text, Values: ["GZIP", "NONE"]),
        new("ResourceConfig"),
        new("ResourceConfig.InstanceType", Text, Values: InstanceTypes.All),
        new("ResourceConfig.InstanceCount", Integer, Min: 0),
        new("ResourceConfig.VolumeSizeInGB", Integer, Min: 0),
        new("ResourceConfig.VolumeKmsKeyId", Text, Max: 2048, Pattern: Key),
        new("ResourceConfig.KeepAlivePeriodInSeconds", Integer, Min: 0, Max: 21_600),
        new("VpcConfig"),
        new("VpcConfig.SecurityGroupIds", List, Required: true, Min: 1, Max: 5),
        new("VpcConfig.SecurityGroupIds[]", Text, Max: 32, Pattern: "[-0-9a-zA-Z]+"),
        new("VpcConfig.Subnets", List, Required: true, Min: 1, Max: 16),
        new("VpcConfig.Subnets[]", Text, Max: 32, Pattern: "[-0-9a-zA-Z]+"),
        new("StoppingCondition"),
        new("StoppingCondition.MaxRuntimeInSeconds", Integer, Min: 1),
        new("StoppingCondition.MaxWaitTimeInSeconds", Integer, Min: 1),
        new("CheckpointConfig"),
        new("CheckpointConfig.S3Uri", Text, Required: true, Max: 1024, Pattern: S3Uri),
        new("CheckpointConfig.LocalPath", Text, Max: 4096),
        new("RetryStrategy"),
        new("RetryStrategy.MaximumRetryAttempts", Integer, Required: true, Min: 1, Max: 30),
        new("EnableManagedSpotTraining", Flag),
        new("EnableNetworkIsolation", Flag),
        new("EnableInterContainerTrafficEncryption", Flag),
        .. Tags,
    ];

    public static IReadOnlyList<Constraint> ByName { get; } =
        [new("TrainingJobName", Text, Required: true, Min: 1, Max: 63, Pattern: NamePattern)];

    public static IReadOnlyList<Constraint> ListJobs { get; } =
    [
        new("MaxResults", Integer, Min: 1, Max: 100),
        new("NextToken", Text, Max: 8192),
        new("NameContains", Text, Max: 63, Pattern: @"[a-zA-Z0-9\-]+"),
        new("StatusEquals", Text, Values: ["InProgress", "Completed", "Failed", "Stopping", "Stopped", "Deleting"]),
        new("SortBy", Text, Values: ["Name", "CreationTime", "Status"]),
        new("SortOrder", Text, Values: ["Ascending", "Descending"]),
    ];

    public static IReadOnlyList<Constraint> AddTags { get; } =
        [new("ResourceArn", Text, Required: true, Max: 256, Pattern: "arn:.*"), .. Tags];

    private static IEnumerable<Constraint> Tags =>
    [
        new("Tags", List, Max: 50),
        new("Tags[]"),
        new("Tags[].Key", Text, Required: true, Min: 1, Max: 128, Pattern: TagText),
        new("Tags[].Value", Text, Required: true, Max: 256, Pattern: TagText),
    ];
}
