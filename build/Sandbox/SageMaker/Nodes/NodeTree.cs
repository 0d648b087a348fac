using System.Text.Json;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.SageMaker.Requests;

namespace BuildPipeline.Sandbox.SageMaker.Nodes;

/// <summary>The folders of one node: what a container would see as <c>/opt/ml</c>.</summary>
internal sealed class NodeTree
{
    private const string ContainerRoot = "/opt/ml/";
    private const string DefaultCheckpoints = "/opt/ml/checkpoints";
    private const string GroupName = "homogeneousCluster";

    private readonly TrainingJobRequest _request;

    /// <param name="temporaryFolder">A folder with a short path, in which the node gets one of its own.</param>
    public NodeTree(string attemptFolder, string temporaryFolder, string host, TrainingJobRequest request)
    {
        Temporary = Path.Combine(temporaryFolder, Path.GetRandomFileName());
        (_request, Host) = (request, host);
        Root = Path.Combine(attemptFolder, host, "opt", "ml");
        var local = request.CheckpointConfig?.LocalPath ?? DefaultCheckpoints;
        Checkpoints = Path.GetFullPath(Path.Combine(Root, local[ContainerRoot.Length..]));
    }

    public string Host { get; }

    public string Root { get; }

    public string Checkpoints { get; }

    /// <summary>The program's home folder, empty at its start.</summary>
    public string Home => Path.GetFullPath(Path.Combine(Root, "..", "..", "home"));

    /// <summary>The program's own folder for temporary files, empty at its start.</summary>
    /// <remarks>Not below <see cref="Root"/>: a Unix socket, which Python's multiprocessing puts there, takes paths of about 100 characters only.</remarks>
    public string Temporary { get; }

    public string Model => Path.Combine(Root, "model");

    public string OutputData => Path.Combine(Root, "output", "data");

    public string FailureFile => Path.Combine(Root, "output", "failure");

    /// <summary>An argument of the job's command on this machine: where it is a path below <c>/opt/ml</c>, that part is this node's root.</summary>
    public string OnThisMachine(string argument) =>
        (argument + '/').StartsWith(ContainerRoot, StringComparison.Ordinal) ? Root + argument[(ContainerRoot.Length - 1)..] : argument;

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
        Write("hyperparameters", JsonSerializer.SerializeToNode(hyperParameters)!);
        Write("resourceconfig", ResourceConfiguration(hosts));
        Write("inputdataconfig", new JsonObject((_request.InputDataConfig ?? []).Select(ChannelConfiguration)));
        if (_request.CheckpointConfig is not null)
        {
            Write("checkpointconfig", new JsonObject { ["LocalPath"] = Checkpoints });
        }

        void Write(string name, JsonNode content) => File.WriteAllText(Path.Combine(configuration, name + ".json"), content.ToJsonString());
    }

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
