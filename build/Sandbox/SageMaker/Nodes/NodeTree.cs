using System.Text.Json;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.SageMaker.Jobs;
using BuildPipeline.Sandbox.SageMaker.Requests;

namespace BuildPipeline.Sandbox.SageMaker.Nodes;

/// <summary>The folders of one node: what a container would see as <c>/opt/ml</c>.</summary>
internal sealed class NodeTree
{
    private const string DefaultCheckpoints = NodeContainer.Root + "/checkpoints";
    private const string GroupName = "homogeneousCluster";

    private readonly TrainingJobRequest _request;
    private readonly bool _isMounted;

    /// <param name="temporaryFolder">A folder with a short path, in which the node gets one of its own.</param>
    /// <param name="isMounted">True where the node's program sees the folders as <c>/opt/ml</c> itself.</param>
    public NodeTree(string attemptFolder, string temporaryFolder, string host, TrainingJobRequest request, bool isMounted = false)
    {
        Temporary = Path.Combine(temporaryFolder, Path.GetRandomFileName());
        (_request, Host, _isMounted) = (request, host, isMounted);
        Root = Path.Combine(attemptFolder, host, "opt", "ml");
        Checkpoints = Path.GetFullPath(Path.Combine(Root, CheckpointPath[(NodeContainer.Root.Length + 1)..]));
    }

    public string Host { get; }

    /// <summary>The folder on this machine.</summary>
    public string Root { get; }

    /// <summary>The same folder, as the node's program sees it.</summary>
    public string SeenRoot => _isMounted ? NodeContainer.Root : Root;

    public string Checkpoints { get; }

    /// <summary>The program's home folder, empty at its start.</summary>
    public string Home => Path.GetFullPath(Path.Combine(Root, "..", "..", "home"));

    /// <summary>The program's own folder for temporary files, empty at its start.</summary>
    /// <remarks>Not below <see cref="Root"/>: a Unix socket, which Python's multiprocessing puts there, takes paths of about 100 characters only.</remarks>
    public string Temporary { get; }

    public string Model => Path.Combine(Root, "model");

    public string OutputData => Path.Combine(Root, "output", "data");

    public string FailureFile => Path.Combine(Root, "output", "failure");

    /// <summary>A text of the job as the node's program gets it: without a mount, <see cref="SeenRoot"/> stands for <c>/opt/ml</c>.</summary>
    /// <param name="text">An argument, or the value of a variable or of a hyperparameter.</param>
    /// <param name="name">What it is, for a message.</param>
    /// <exception cref="JobFailure">It names <c>/opt/ml</c> where this machine's path cannot take its place.</exception>
    public string Seen(string text, string name) => _isMounted ? text : NodePaths.Replace(text, Root, name);

    public string ChannelFolder(string channel) => Path.Combine(Root, "input", "data", channel);

    /// <summary>Makes the folders and writes the configuration files.</summary>
    /// <param name="hosts">All hosts in their order.</param>
    public void Create(IReadOnlyList<string> hosts)
    {
        var configuration = Path.Combine(Root, "input", "config");
        string[] folders = [configuration, Path.Combine(Root, "input", "data"), Path.Combine(Root, "code"), Model, OutputData, Checkpoints, Home, Temporary];
        foreach (var folder in folders)
        {
            Directory.CreateDirectory(folder);
        }

        var hyperParameters = _request.HyperParameters ?? new Dictionary<string, string>();
        Write("hyperparameters", JsonSerializer.SerializeToNode(
            hyperParameters.ToDictionary(entry => entry.Key, entry => Seen(entry.Value, $"hyperparameter '{entry.Key}'")))!);
        Write("resourceconfig", ResourceConfiguration(hosts));
        Write("inputdataconfig", new JsonObject((_request.InputDataConfig ?? []).Select(ChannelConfiguration)));
        if (_request.CheckpointConfig is not null)
        {
            Write("checkpointconfig", new JsonObject { ["LocalPath"] = _isMounted ? CheckpointPath : Checkpoints });
        }

        void Write(string name, JsonNode content) => File.WriteAllText(Path.Combine(configuration, name + ".json"), content.ToJsonString());
    }

    private string CheckpointPath => _request.CheckpointConfig?.LocalPath ?? DefaultCheckpoints;

    private JsonObject ResourceConfiguration(IReadOnlyList<string> hosts) => new()
    {
        ["current_host"] = Host,
        ["current_instance_type"] = _request.ResourceConfig.InstanceType,
        ["current_group_name"] = GroupName,
        ["hosts"] = Names(hosts),
        ["instance_groups"] = new JsonArray(new JsonObject
        {
            ["instance_group_name"] = GroupName,
            ["instance_type"] = _request.ResourceConfig.InstanceType,
            ["hosts"] = Names(hosts),
        }),
        ["network_interface_name"] = "lo",
    };

    private KeyValuePair<string, JsonNode?> ChannelConfiguration(Channel channel)
    {
        var configuration = new JsonObject
        {
            ["TrainingInputMode"] = channel.InputMode ?? _request.AlgorithmSpecification.TrainingInputMode,
            ["S3DistributionType"] = channel.DataSource.S3DataSource!.S3DataDistributionType ?? "FullyReplicated",
            ["RecordWrapperType"] = "None",
        };
        if (channel.ContentType is { } type)
        {
            configuration["ContentType"] = type;
        }

        return new(channel.ChannelName, configuration);
    }

    private static JsonArray Names(IEnumerable<string> hosts) => new([.. hosts.Select(host => JsonValue.Create(host))]);
}
