namespace BuildPipeline.Prices;

/// <summary>Names of the inputs in the price table; the rate of an instance type has the name of the type.</summary>
internal static class PriceNames
{
    public const string InterfaceEndpoint = "interface endpoint";
    public const string KmsKey = "KMS key";
    public const string TrainingVolume = "training volume";
    public const string Storage = "S3 storage";
    public const string Alarm = "metric alarm";
    public const string CompositeAlarm = "composite alarm";
    public const string Dashboard = "dashboard";
    public const string CustomMetric = "custom metric";
    public const string RunMetrics = "metrics of a run";
    public const string BuildMinute = "build minute";
    public const string LogIngestion = "log ingestion";
    public const string LogVolume = "log volume";
    public const string ExpectedDiscount = "spot discount, expected";
    public const string P90Discount = "spot discount, p90";
    public const string TimeBetweenInterruptions = "mean time between interruptions";
    public const string Wait = "mean wait for capacity";
    public const string Restart = "restart";
    public const string CheckpointWriting = "checkpoint writing";
    public const string ExpectedUse = "expected use of the running time";
    public const string RuntimeVariance = "spread of the work";
    public const string NodeScaling = "scaling by doubled nodes";

    /// <summary>What a save was seen to take on those nodes.</summary>
    public static string MeasuredStall(string instanceType, int nodes) => $"checkpoint stall, {nodes} x {instanceType}";

    public static string MlflowServer(string size) => $"MLflow server, {size}";

    /// <summary>The name of an input for one instance type.</summary>
    public static string Create(string input, string instanceType) => $"{input}, {instanceType}";
}
