using BuildPipeline.Sandbox.Identity;
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
        var environment = new Dictionary<string, string>(Folders(tree));
        foreach (var (name, value) in image.Environment)
        {
            environment[name] = value;
        }

        foreach (var (name, value) in job.Request.Environment ?? new Dictionary<string, string>())
        {
            environment[name] = tree.Seen(value, $"environment variable '{name}'");
        }

        // After the job's own: whatever it sets, an AWS client reaches the sandbox and has no other credentials.
        foreach (var (name, value) in Aws(job, tree, endpoint))
        {
            environment[name] = value;
        }

        environment["AWS_ACCESS_KEY_ID"] = credentials.AccessKeyId;
        environment["AWS_SECRET_ACCESS_KEY"] = credentials.Secret;
        environment["AWS_SESSION_TOKEN"] = credentials.Token;
        environment["TRAINING_JOB_NAME"] = job.Name;
        environment["TRAINING_JOB_ARN"] = job.Arn;
        environment["SAGEMAKER_BASE_DIR"] = tree.SeenRoot;
        environment["SANDBOX_NODE"] = "1";
        environment["MASTER_ADDR"] = "127.0.0.1";
        environment["MASTER_PORT"] = FormattableString.Invariant($"{port}");
        return environment;
    }

    private static Dictionary<string, string> Folders(NodeTree tree) => new()
    {
        ["HOME"] = tree.Home,
        ["USERPROFILE"] = tree.Home,
        ["APPDATA"] = Path.Combine(tree.Home, "AppData", "Roaming"),
        ["LOCALAPPDATA"] = Path.Combine(tree.Home, "AppData", "Local"),
        ["XDG_CONFIG_HOME"] = Path.Combine(tree.Home, ".config"),
        ["XDG_CACHE_HOME"] = Path.Combine(tree.Home, ".cache"),
        ["XDG_DATA_HOME"] = Path.Combine(tree.Home, ".local", "share"),
        ["XDG_STATE_HOME"] = Path.Combine(tree.Home, ".local", "state"),
        ["TMPDIR"] = tree.Temporary,
        ["TEMP"] = tree.Temporary,
        ["TMP"] = tree.Temporary,
    };

    private static Dictionary<string, string> Aws(TrainingJob job, NodeTree tree, Uri endpoint)
    {
        return new()
        {
            ["AWS_ENDPOINT_URL"] = endpoint.ToString().TrimEnd('/'),
            ["AWS_REGION"] = job.Region,
            ["AWS_DEFAULT_REGION"] = job.Region,
            ["AWS_CONFIG_FILE"] = Path.Combine(tree.Home, ".aws", "config"),
            ["AWS_SHARED_CREDENTIALS_FILE"] = Path.Combine(tree.Home, ".aws", "credentials"),
            ["AWS_EC2_METADATA_DISABLED"] = "true",
        };
    }
}
