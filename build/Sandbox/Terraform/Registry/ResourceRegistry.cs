using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.S3.Storage;
using BuildPipeline.Sandbox.Terraform.Schema;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Registry;

/// <summary>The resources that terraform has created, in memory and in one JSON file that is replaced whole at each change.</summary>
internal sealed class ResourceRegistry : IResourceRegistry
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<(string Type, string Region, string Id), MapValue> _resources = [];
    private readonly AwsSchema _schema;
    private readonly IObjectStore _store;
    private readonly string _file;
    private long _issued;

    public ResourceRegistry(SandboxSettings settings, AwsSchema schema, IObjectStore store)
    {
        _schema = schema;
        _store = store;
        _file = Path.Combine(settings.FolderOf("terraform"), "registry.json");
        if (File.Exists(_file))
        {
            Restore(JsonNode.Parse(File.ReadAllText(_file))!);
        }
    }

    public IReadOnlyList<RegisteredResource> Resources
    {
        get
        {
            lock (_lock)
            {
                return [.. _resources
                    .Where(resource => !IsOrphan(resource.Key.Type, resource.Value))
                    .Select(resource =>
                        new RegisteredResource(resource.Key.Type, resource.Key.Id, JsonCodec.Encode(resource.Value)!.AsObject()))];
            }
        }
    }

    public bool Exists(string type, string attribute, string value) => Find(type, attribute, value) is not null;

    public MapValue? Find(string type, string attribute, string value) => All(type).FirstOrDefault(state => state.Text(attribute) == value);

    public IReadOnlyList<MapValue> All(string type)
    {
        lock (_lock)
        {
            return [.. _resources.Where(resource => resource.Key.Type == type).Select(resource => resource.Value)];
        }
    }

    /// <summary>The resource that a state speaks of, as it was last applied.</summary>
    public MapValue? Get(string type, MapValue state)
    {
        lock (_lock)
        {
            return _resources.GetValueOrDefault(KeyOf(type, state));
        }
    }

    public void Put(string type, MapValue state)
    {
        lock (_lock)
        {
            _resources[KeyOf(type, state)] = state;
            Save();
        }
    }

    public void Remove(string type, MapValue state)
    {
        lock (_lock)
        {
            _resources.Remove(KeyOf(type, state));
            Save();
        }
    }

    /// <summary>Hexadecimal digits that this state folder has not given before, the same in each new one.</summary>
    public string NextHex(int digits)
    {
        lock (_lock)
        {
            _issued++;
            return Convert.ToHexStringLower(
                SHA256.HashData(Encoding.UTF8.GetBytes(_issued.ToString(CultureInfo.InvariantCulture))))[..digits];
        }
    }

    /// <summary>What tells a resource from others of its type: its id, or the ARN of the few types that have none.</summary>
    public static string IdOf(MapValue state) => state.Text("id") ?? state.Text("arn") ?? "";

    private static (string Type, string Region, string Id) KeyOf(string type, MapValue state) =>
        (type, state.Text("region") ?? "", IdOf(state));

    /// <summary>True for a setting or object of a bucket that somebody deleted without terraform.</summary>
    private bool IsOrphan(string type, MapValue state) =>
        type.StartsWith("aws_s3_", StringComparison.Ordinal) && state.Text("bucket") is { } bucket && !_store.BucketExists(bucket);

    private void Restore(JsonNode root)
    {
        _issued = root["issued"]!.GetValue<long>();
        foreach (var resource in root["resources"]!.AsArray())
        {
            var type = resource!["type"]!.GetValue<string>();
            if (_schema.Resources.TryGetValue(type, out var schema))
            {
                var state = (MapValue)JsonCodec.Decode(resource["attributes"], schema.Type);
                _resources[KeyOf(type, state)] = state;
            }
        }
    }

    private void Save()
    {
        var resources = new JsonArray([.. _resources.Select(resource =>
            new JsonObject { ["type"] = resource.Key.Type, ["attributes"] = JsonCodec.Encode(resource.Value) })]);
        AtomicFile.Write(_file, new JsonObject { ["issued"] = _issued, ["resources"] = resources }.ToJsonString());
    }
}
