using BuildPipeline.Sandbox.S3.Storage;
using BuildPipeline.Sandbox.SageMaker.Requests;

namespace BuildPipeline.Sandbox.SageMaker.Nodes;

/// <summary>Keeps the nodes' checkpoint folders in S3: what is new or changed goes up, what is deleted is deleted there.</summary>
/// <remarks>
/// As on AWS all nodes share one prefix: what one node deletes is gone for all, and what appears in S3 later does not come down.
/// </remarks>
/// <param name="uploaded">Called with the name of each file that reached S3.</param>
/// <param name="fails">True from the moment on that nothing more is to reach S3; asked before each synchronisation.</param>
internal sealed class CheckpointSync(
    IObjectStore objects, S3Location target, IReadOnlyList<string> folders, Action<string> uploaded, Func<bool> fails)
{
    /// <summary>Name of the file that lists the others of a checkpoint and is written last.</summary>
    public const string Manifest = "manifest.json";

    private const string Unfinished = ".sagemaker-uploading";

    private readonly Dictionary<(string Folder, string Name), FileState> _known = [];
    private bool _hasFailed;

    /// <summary>Copies what S3 holds into every folder.</summary>
    public async Task RestoreAsync(CancellationToken cancellationToken)
    {
        var root = target.KeyOf("");
        foreach (var item in objects.List(target.Bucket, root).Where(item => !item.Key.EndsWith('/')))
        {
            var name = item.Key[root.Length..];
            foreach (var folder in folders)
            {
                if (SafePath.Combine(folder, name) is { } file)
                {
                    await LocalCopy.WriteAsync(objects, item, file, cancellationToken);
                    _known[(folder, name)] = FileState.From(new FileInfo(file));
                }
            }
        }
    }

    /// <summary>Looks again and again until it is cancelled.</summary>
    public async Task RunAsync(TimeSpan interval, TimeProvider time, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await SyncAsync(cancellationToken);
            }
            catch (UnusableEntryException)
            {
                // A folder that the program removes at this moment; what stays unusable fails the last synchronisation, by name.
            }

            await Task.Delay(interval, time, cancellationToken);
        }
    }

    /// <summary>Brings S3 up to what the folders hold now; not while another call does.</summary>
    public async Task SyncAsync(CancellationToken cancellationToken)
    {
        _hasFailed = _hasFailed || fails();
        if (_hasFailed)
        {
            return;
        }

        var present = Scan();
        foreach (var (folder, name) in _known.Keys.Where(key => !present.ContainsKey(key)).ToArray())
        {
            cancellationToken.ThrowIfCancellationRequested();
            objects.Delete(target.Bucket, target.KeyOf(name));
            _known.Remove((folder, name));
        }

        // In the order of writing, so a manifest comes after the files that it lists; a clock may tick only every 4 ms.
        var changed = present.Where(file => _known.GetValueOrDefault(file.Key) != file.Value)
            .OrderBy(file => file.Value.Written)
            .ThenBy(file => Path.GetFileName(file.Key.Name) == Manifest);
        foreach (var (key, state) in changed.ToArray())
        {
            cancellationToken.ThrowIfCancellationRequested();
            await UploadAsync(key, state, cancellationToken);
        }
    }

    // The first node, which writes the manifests, is read first: what a manifest lists is then there for sure on the others.
    private Dictionary<(string Folder, string Name), FileState> Scan()
    {
        var present = new Dictionary<(string, string), FileState>();
        foreach (var folder in folders)
        {
            foreach (var file in FolderWalk.Files(new DirectoryInfo(folder), IsKept))
            {
                present[(folder, Path.GetRelativePath(folder, file.FullName).Replace('\\', '/'))] = FileState.From(file);
            }
        }

        return present;
    }

    private static bool IsKept(FileSystemInfo entry) =>
        entry.LinkTarget is null && !entry.Name.EndsWith(Unfinished, StringComparison.Ordinal) && entry.Exists;

    private async Task UploadAsync((string Folder, string Name) key, FileState state, CancellationToken cancellationToken)
    {
        try
        {
            var file = Path.Combine(key.Folder, key.Name);
            var headers = BucketEncryption.HeadersFor(objects, target.Bucket);
            await using var content = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            await objects.PutAsync(target.Bucket, target.KeyOf(key.Name), content, headers, cancellationToken);
        }
        catch (IOException exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            // Deleted since it was seen.
            return;
        }

        _known[key] = state;
        uploaded(key.Name);
    }

    private sealed record FileState(long Size, DateTime Written)
    {
        public static FileState From(FileInfo file) => new(file.Length, file.LastWriteTimeUtc);
    }
}
