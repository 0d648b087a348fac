using BuildPipeline.Sandbox.SageMaker.Jobs;

namespace BuildPipeline.Sandbox.SageMaker.Nodes;

/// <summary>Compares the files of a node's channels with the digests in the job's environment, before its program starts.</summary>
/// <remarks>training/channels.py does the same on a real node.</remarks>
internal static class ChannelCheck
{
    private const string CodeDigest = "PIPELINE_CODE_SHA256";
    private const string DataDigest = "PIPELINE_DATA_SHA256_";
    private const string Digest = "_SHA256";
    private const string Marks = "_MARKS";
    private const int MostNames = 3;

    /// <summary>Checks all channels that have a digest; data that was in S3 before has none.</summary>
    /// <param name="environment">The job's own environment.</param>
    /// <param name="inputFolder">The folder of the channels, <c>/opt/ml/input/data</c>.</param>
    /// <exception cref="JobFailure">A channel is not what was approved; the message names the file where it can.</exception>
    public static async Task RequireAsync(IReadOnlyDictionary<string, string> environment, string inputFolder, CancellationToken cancellationToken)
    {
        foreach (var (name, digest) in environment.Where(entry => ChannelOf(entry.Key) is not null))
        {
            var channel = ChannelOf(name)!;
            var folder = Directory.Exists(inputFolder)
                ? Directory.EnumerateDirectories(inputFolder).FirstOrDefault(folder => Path.GetFileName(folder).Equals(channel, StringComparison.OrdinalIgnoreCase))
                : null;
            if (folder is null)
            {
                throw new JobFailure($"AlgorithmError: The channel '{channel}' is missing, and {name} is set.");
            }

            var files = await ReadAsync(new DirectoryInfo(folder), cancellationToken);
            var actual = ContentDigest.Compute(files);
            if (!actual.Equals(digest, StringComparison.OrdinalIgnoreCase))
            {
                var marks = environment.GetValueOrDefault(name.Replace(Digest, Marks, StringComparison.Ordinal));
                throw new JobFailure(
                    $"AlgorithmError: The channel '{channel}' differs from what was approved: {Difference(files, marks)}. "
                    + $"Its digest is {actual}, approved was {digest}.");
            }
        }
    }

    private static string? ChannelOf(string variable) => variable switch
    {
        CodeDigest => "code",
        _ when variable.StartsWith(DataDigest, StringComparison.Ordinal) => variable[DataDigest.Length..].ToLowerInvariant(),
        _ => null,
    };

    private static string Difference(List<(string Path, string Sha256, long Size)> files, string? marks) =>
        marks is null ? $"one of its {files.Count} files was added, changed or removed"
        : ContentMarks.Unexpected(files, marks) is { Count: > 0 } unexpected
            ? $"{string.Join(", ", unexpected.Take(MostNames).Select(path => $"'{path}'"))} was added or changed"
        : "a file is missing";

    private static async Task<List<(string Path, string Sha256, long Size)>> ReadAsync(DirectoryInfo folder, CancellationToken cancellationToken)
    {
        var files = new List<(string, string, long)>();
        foreach (var file in FolderWalk.Files(folder))
        {
            await using var content = file.OpenRead();
            var digest = await FileDigest.ComputeAsync(content, content.Length, cancellationToken);
            files.Add((Path.GetRelativePath(folder.FullName, file.FullName).Replace('\\', '/'), digest.Sha256, file.Length));
        }

        return files;
    }
}
