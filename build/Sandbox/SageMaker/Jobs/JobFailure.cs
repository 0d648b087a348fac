namespace BuildPipeline.Sandbox.SageMaker.Jobs;

/// <summary>The job cannot continue; the message becomes its FailureReason.</summary>
internal sealed class JobFailure(string reason) : Exception(reason);
