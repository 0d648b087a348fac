using BuildPipeline.Sandbox.Identity;
using BuildPipeline.Sandbox.Programs;
using BuildPipeline.Sandbox.SageMaker.Images;
using BuildPipeline.Sandbox.SageMaker.Jobs;

namespace BuildPipeline.Sandbox.SageMaker.Nodes;

/// <summary>The environment variables of a node's program: the image's, the job's own, and those that keep it inside the sandbox.</summary>
internal static class ProgramEnvironment
{
    /// <param name="image">What the job runs.</param>
    /// <param name="job">The job.</param>
    /// <param name="tree">The node's folders.</param>
    /// <param name="endpoint">Where the sandbox listens.</param>
    /// <param name="credentials">Of the job's role.</param>
    /// <param name="port">A free port for the nodes to meet at.</param>
    public static Dictionary<string, string> For(TrainingImage image, TrainingJob job, NodeTree tree, Uri endpoint, SessionCredentials credentials, int port)
    {
        var environment = ProgramVariables.Folders(tree.Home, tree.Temporary);
        foreach (var (name, value) in image.Environment)
        {
            environment[name] = value;
        }

        foreach (var (name, value) in job.Request.Environment ?? new Dictionary<string, string>())
        {
            environment[name] = tree.Seen(value, $"environment variable '{name}'");
        }

        // After the job's own: whatever it sets, an AWS client reaches the sandbox and has no other credentials.
        foreach (var (name, value) in ProgramVariables.Aws(tree.Home, endpoint, job.Region, credentials))
        {
            environment[name] = value;
        }

        environment["TRAINING_JOB_NAME"] = job.Name;
        environment["TRAINING_JOB_ARN"] = job.Arn;
        environment["SAGEMAKER_BASE_DIR"] = tree.SeenRoot;
        environment["SANDBOX_NODE"] = "1";
        environment["MASTER_ADDR"] = "127.0.0.1";
        environment["MASTER_PORT"] = FormattableString.Invariant($"{port}");
        return environment;
    }
}
