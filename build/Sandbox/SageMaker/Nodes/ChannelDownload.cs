using BuildPipeline.Sandbox.S3.Storage;
using BuildPipeline.Sandbox.SageMaker.Jobs;
using BuildPipeline.Sandbox.SageMaker.Requests;

namespace BuildPipeline.Sandbox.SageMaker.Nodes;

/// <summary>Brings the objects of a channel to the nodes, as input mode File does.</summary>
internal sealed class ChannelDownload(IObjectStore objects, string region)
{
    private const string Sharded = "ShardedByS3Key";

    /// <exception cref="JobFailure">Nothing is under the prefix, a key leads out of the channel's folder, or the volume is too small.</exception>
    public async Task RunAsync(TrainingJobRequest request, IReadOnlyList<NodeTree> nodes, CancellationToken cancellationToken)
    {
        var stored = nodes.ToDictionary(node => node, _ => 0L);
        foreach (var channel in request.InputDataConfig ?? [])
        {
            var source = channel.DataSource.S3DataSource!;
            var location = S3Location.Parse(source.S3Uri);
            var found = Find(location);
            if (found.Count == 0)
            {
                throw new JobFailure(
                    $"ClientError: No S3 objects found under S3 URL \"{source.S3Uri}\" given in input data source. "
                    + $"Please ensure that the bucket exists in the selected region ({region}), that objects exist under that S3 prefix, "
                    + $"and that the role \"{request.RoleArn}\" has \"s3:ListBucket\" permissions on bucket \"{location.Bucket}\".");
            }

            foreach (var (index, item) in found.Index())
            {
                var name = RelativeName(item.Key, location.Prefix);
                var takers = source.S3DataDistributionType == Sharded ? [nodes[index % nodes.Count]] : nodes;
                var size = SizeOf(item);
                foreach (var node in takers)
                {
                    stored[node] += size;
                    RequireRoom(request.ResourceConfig, stored[node]);
                    await CopyAsync(item, node.ChannelFolder(channel.ChannelName), name, cancellationToken);
                }
            }
        }
    }

    private long SizeOf(StoredObject item)
    {
        using var content = objects.Open(item);
        return content.Length;
    }

    private static void RequireRoom(ResourceConfig resources, long bytes)
    {
        if (bytes > resources.VolumeBytes)
        {
            throw new JobFailure(
                $"ClientError: Insufficient disk space: the input data does not fit in the {resources.VolumeSizeInGB} GB of VolumeSizeInGB.");
        }
    }

    private IReadOnlyList<StoredObject> Find(S3Location location) =>
        objects.BucketExists(location.Bucket)
            ? [.. objects.List(location.Bucket, location.Prefix).Where(item => !item.Key.EndsWith('/'))]
            : [];

    // The prefix as a folder is left out of the names; a prefix that ends within a name keeps that name whole.
    private static string RelativeName(string key, string prefix) =>
        key.StartsWith(prefix.TrimEnd('/') + "/", StringComparison.Ordinal)
            ? key[(prefix.TrimEnd('/').Length + 1)..]
            : key[(prefix.LastIndexOf('/') + 1)..];

    private async Task CopyAsync(StoredObject item, string folder, string name, CancellationToken cancellationToken)
    {
        var target = SafePath.Combine(folder, name)
            ?? throw new JobFailure($"ClientError: the key '{item.Key}' leads out of the channel's folder: rename the object.");
        await LocalCopy.WriteAsync(objects, item, target, cancellationToken);
    }
}
