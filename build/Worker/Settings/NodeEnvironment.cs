using System.Globalization;
using System.Text.Json;

namespace BuildPipeline.Worker.Settings;

/// <summary>What the platform tells a node: its folders, its peers and where they meet.</summary>
/// <param name="BaseDirectory">The node's <c>/opt/ml</c>.</param>
/// <param name="JobName">The training job's name, <c>local</c> outside a job.</param>
/// <param name="Hosts">All nodes' names in order of rank.</param>
/// <param name="Rank">This node's place in <paramref name="Hosts"/>, from 0.</param>
/// <param name="MasterAddress">Where rank 0 listens while the nodes find each other.</param>
/// <param name="MasterPort">The port at <paramref name="MasterAddress"/>; unused with one node.</param>
internal sealed record NodeEnvironment(
    string BaseDirectory, string JobName, IReadOnlyList<string> Hosts, int Rank, string MasterAddress, int MasterPort)
{
    public int WorldSize => Hosts.Count;

    public string HyperparametersFile => Path.Combine(BaseDirectory, "input", "config", "hyperparameters.json");

    public string TrainChannel => Path.Combine(BaseDirectory, "input", "data", "train");

    /// <summary>The folder that SageMaker keeps in step with S3.</summary>
    public string Checkpoints => Path.Combine(BaseDirectory, "checkpoints");

    /// <summary>Where files grow before they are renamed into a folder that others read; same file system, not synchronised.</summary>
    public string Staging => Path.Combine(BaseDirectory, "staging");

    public string Model => Path.Combine(BaseDirectory, "model");

    /// <summary>The node's name and rank, as messages put it.</summary>
    public string Describe(int rank) => $"{Hosts[rank]} (rank {rank})";

    /// <summary>The node's <c>/opt/ml</c>, also while the rest of the environment is unreadable.</summary>
    public static string FindBaseDirectory(Func<string, string?> variable) => variable("SAGEMAKER_BASE_DIR") is { Length: > 0 } path ? path : "/opt/ml";

    /// <exception cref="TrainingFailureException">resourceconfig.json or MASTER_PORT is unusable.</exception>
    public static NodeEnvironment Read(Func<string, string?> variable)
    {
        var baseDirectory = FindBaseDirectory(variable);
        var (current, hosts) = ReadHosts(Path.Combine(baseDirectory, "input", "config", "resourceconfig.json"));
        var rank = hosts.IndexOf(current);
        if (rank < 0)
        {
            throw new TrainingFailureException($"resourceconfig.json names current_host '{current}', which is not among its hosts: {string.Join(", ", hosts)}.");
        }
        var port = 0;
        var portText = variable("MASTER_PORT") ?? "";
        if (hosts.Count > 1 && !(int.TryParse(portText, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and < 65536))
        {
            throw new TrainingFailureException(
                $"MASTER_PORT is '{portText}', but {hosts.Count} nodes need a port from 1 to 65535 at which {hosts[0]} can be reached.");
        }
        return new NodeEnvironment(
            baseDirectory,
            variable("TRAINING_JOB_NAME") is { Length: > 0 } job ? job : "local",
            hosts,
            rank,
            variable("MASTER_ADDR") is { Length: > 0 } address ? address : hosts[0],
            port);
    }

    private static (string Current, List<string> Hosts) ReadHosts(string file)
    {
        if (!File.Exists(file))
        {
            // By hand, on one machine, nobody writes this file.
            return ("algo-1", ["algo-1"]);
        }
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            var hosts = document.RootElement.GetProperty("hosts").EnumerateArray().Select(host => host.GetString()!).ToList();
            return (document.RootElement.GetProperty("current_host").GetString()!, hosts);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new TrainingFailureException($"{file} must be a JSON object with current_host and the list hosts: {e.Message}", e);
        }
    }
}
