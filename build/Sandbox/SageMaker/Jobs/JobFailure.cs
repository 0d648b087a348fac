namespace BuildPipeline.Sandbox.SageMaker.Jobs;

/// <summary>The job cannot continue; the message becomes its FailureReason.</summary>
internal sealed class JobFailure(string reason) : Exception(reason);

/// <summary>What an attempt failed of is not the job's own fault, so another attempt may succeed.</summary>
internal sealed class JobInternalError(string message) : Exception(message);
