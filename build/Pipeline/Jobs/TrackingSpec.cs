namespace BuildPipeline.Jobs;

/// <summary>Where a run is tracked: the part <c>tracking</c> of the output <c>training_job</c>.</summary>
public sealed record TrackingSpec
{
    /// <summary>MLflow servers; each gets the whole run.</summary>
    public IReadOnlyList<MlflowServerSpec> MlflowServers { get; init; } = [];

    /// <summary>The registered model that a validated run adds a version to, on each server; null registers none.</summary>
    public RegisterModelSpec? RegisterModel { get; init; }
}

/// <summary>An MLflow server.</summary>
public sealed record MlflowServerSpec
{
    /// <summary><c>http://HOST[:PORT]</c>, <c>https://HOST[:PORT]</c>, or the ARN of a server of SageMaker's managed MLflow.</summary>
    public required string Uri { get; init; }

    /// <summary>Name of the experiment; it is created where it does not exist.</summary>
    public required string Experiment { get; init; }

    /// <summary>Start of the names of the environment variables that hold the login: with <c>_TOKEN</c> a bearer token, with <c>_USERNAME</c> and <c>_PASSWORD</c> basic authentication.</summary>
    public string EnvironmentPrefix { get; init; } = "MLFLOW_TRACKING";
}

/// <summary>A registered model of MLflow.</summary>
public sealed record RegisterModelSpec
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }
}
