using BuildPipeline.Aws;

namespace BuildPipeline.Training;

/// <summary>The data that a job trains on: a folder of the repository, or what already lies in S3.</summary>
/// <param name="Uri">As configured.</param>
/// <param name="Folder">The folder's files; null where the data lies in S3.</param>
/// <param name="Location">The S3 prefix; null where the data is a folder.</param>
public sealed record TrainingData(string Uri, FolderContent? Folder, S3Uri? Location)
{
    /// <summary>SHA-256 over the folder's files, lower-case hex; null where the data lies in S3.</summary>
    public string? Sha256 => Folder?.Sha256;

    /// <summary>Looks at what <c>training_data_uri</c> names.</summary>
    /// <param name="uri">An <c>s3://</c> prefix, or a folder relative to the repository root.</param>
    /// <param name="repositoryRoot">The repository root.</param>
    /// <exception cref="PipelineException">The folder is missing, empty or outside of the repository, or the URI is none.</exception>
    public static async Task<TrainingData> InspectAsync(string uri, string repositoryRoot, CancellationToken cancellationToken)
    {
        if (S3Uri.TryParse(uri, out var location))
        {
            return new(uri, null, location);
        }

        if (uri.Length == 0 || uri.Contains("://", StringComparison.Ordinal))
        {
            throw new PipelineException(ExitCode.BadConfiguration,
                $"training_data_uri is \"{uri}\": give s3://BUCKET/PREFIX, or a folder relative to the repository root.");
        }

        var root = Path.GetFullPath(repositoryRoot);
        var folder = Path.GetFullPath(uri, root);
        if (Path.GetRelativePath(root, folder) is var relative && (relative.StartsWith("..", StringComparison.Ordinal) || Path.IsPathRooted(relative)))
        {
            throw new PipelineException(ExitCode.BadConfiguration,
                $"training_data_uri is \"{uri}\", which lies outside of the repository: put the data into S3 and name its s3:// prefix.");
        }

        return new(uri, await FolderContent.ReadAsync(folder, "training data", cancellationToken), null);
    }
}
