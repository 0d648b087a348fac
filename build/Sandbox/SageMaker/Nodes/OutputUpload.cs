using System.Formats.Tar;
using System.IO.Compression;
using System.IO.Enumeration;
using BuildPipeline.Sandbox.S3.Storage;
using BuildPipeline.Sandbox.SageMaker.Jobs;
using BuildPipeline.Sandbox.SageMaker.Requests;

namespace BuildPipeline.Sandbox.SageMaker.Nodes;

/// <summary>Saves what a job leaves behind: the model of all nodes as one archive, and their output data where there are any.</summary>
internal sealed class OutputUpload(IObjectStore objects, TrainingJobRequest request, string scratchFolder)
{
    // Two blocks of zeros.
    private const int EndOfArchive = 1024;

    private readonly S3Location _output = S3Location.Parse(request.OutputDataConfig.S3OutputPath);

    /// <returns>Where the model is in S3.</returns>
    public async Task<string> RunAsync(IReadOnlyList<NodeTree> nodes, CancellationToken cancellationToken)
    {
        var data = Collect(nodes.Select(node => node.OutputData));
        if (data.Count > 0)
        {
            await SaveAsync("output", data, cancellationToken);
        }

        return await SaveAsync("model", Collect(nodes.Select(node => node.Model)), cancellationToken);
    }

    // Of equal names the first node's file counts.
    private static Dictionary<string, string> Collect(IEnumerable<string> folders)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var folder in folders)
        {
            foreach (var file in FilesUnder(folder))
            {
                files.TryAdd(Path.GetRelativePath(folder, file).Replace('\\', '/'), file);
            }
        }

        return files;
    }

    // Through a linked folder there may be no end.
    private static FileSystemEnumerable<string> FilesUnder(string folder) => new(
        folder, (ref FileSystemEntry entry) => entry.ToFullPath(), new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
    {
        ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory,
        ShouldRecursePredicate = (ref FileSystemEntry entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
    };

    private async Task<string> SaveAsync(string kind, Dictionary<string, string> files, CancellationToken cancellationToken)
    {
        var folder = $"{request.TrainingJobName}/output";
        if (request.OutputDataConfig.CompressionType == "NONE")
        {
            foreach (var (name, file) in files)
            {
                await PutAsync($"{folder}/{kind}/{name}", file, cancellationToken);
            }

            return new S3Location(_output.Bucket, _output.KeyOf($"{folder}/{kind}/")).ToString();
        }

        var archive = Path.Combine(scratchFolder, kind + ".tar.gz");
        Pack(archive, files);
        return await PutAsync($"{folder}/{kind}.tar.gz", archive, cancellationToken);
    }

    private static void Pack(string archive, Dictionary<string, string> files)
    {
        using var compressed = new GZipStream(File.Create(archive), CompressionLevel.Optimal);
        if (files.Count == 0)
        {
            // TarWriter writes the end of an archive only after an entry, and GZipStream nothing at all for nothing.
            compressed.Write(new byte[EndOfArchive]);
            return;
        }

        using var tar = new TarWriter(compressed);
        foreach (var (name, file) in files.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            tar.WriteEntry(file, name);
        }
    }

    private async Task<string> PutAsync(string path, string file, CancellationToken cancellationToken)
    {
        if (!objects.BucketExists(_output.Bucket))
        {
            throw new JobFailure($"ClientError: Artifact upload failed: the bucket '{_output.Bucket}' does not exist.");
        }

        var key = _output.KeyOf(path);
        var headers = BucketEncryption.HeadersFor(objects, _output.Bucket, request.OutputDataConfig.KmsKeyId);
        await using var content = File.OpenRead(file);
        await objects.PutAsync(_output.Bucket, key, content, headers, cancellationToken);
        return new S3Location(_output.Bucket, key).ToString();
    }
}
