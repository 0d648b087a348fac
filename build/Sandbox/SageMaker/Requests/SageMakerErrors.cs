using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.SageMaker.Requests;

/// <summary>Refusals that several operations share.</summary>
internal static class SageMakerErrors
{
    // AWS has ResourceNotFound in its model, and answers this.
    public static AwsError NotFound() => Invalid("Requested resource not found.");

    public static AwsError Invalid(string message) => new(400, "ValidationException", message);
}
