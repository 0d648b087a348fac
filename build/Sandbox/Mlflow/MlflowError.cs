using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.Mlflow;

/// <summary>An error that an MLflow server would answer with.</summary>
/// <param name="status">HTTP status, as MLflow has it for the code (mlflow/exceptions.py).</param>
/// <param name="code">MLflow's error code, for example <c>RESOURCE_DOES_NOT_EXIST</c>.</param>
/// <param name="message">The sentence for the caller.</param>
internal sealed class MlflowError(int status, string code, string message) : Exception(message)
{
    public int Status { get; } = status;

    /// <summary>The answer's document.</summary>
    public string Json { get; } = new JsonObject { ["error_code"] = code, ["message"] = message }.ToJsonString(SandboxJson.Options);

    public static MlflowError Invalid(string message) => new(StatusCodes.Status400BadRequest, "INVALID_PARAMETER_VALUE", message);

    public static MlflowError NotFound(string message) => new(StatusCodes.Status404NotFound, "RESOURCE_DOES_NOT_EXIST", message);

    public static MlflowError Exists(string message) => new(StatusCodes.Status400BadRequest, "RESOURCE_ALREADY_EXISTS", message);

    /// <summary>A part of MLflow that the sandbox does not emulate.</summary>
    public static MlflowError NotEmulated(string what) => Invalid($"The sandbox does not emulate {what}.");
}
