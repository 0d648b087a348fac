using BuildPipeline.Aws;
using BuildPipeline.Jobs;

namespace BuildPipeline.Uploads;

/// <summary>The data of one channel of a job: a folder of the repository, or data that is already in S3.</summary>
/// <param name="Channel">The channel, for example <c>train</c>.</param>
/// <param name="Variable">The Terraform variable that names it.</param>
/// <param name="Uri">As configured.</param>
/// <param name="Folder">The folder's files; null if the data is in S3.</param>
/// <param name="Location">The folder in S3; null if the data is a folder of the repository.</param>
public sealed record TrainingData(string Channel, string Variable, string Uri, ContentManifest? Folder, S3Uri? Location)
{
    /// <summary>SHA-256 over the folder's files, lower-case hex; null if the data is in S3.</summary>
    public string? Sha256 => Folder?.Sha256;

    /// <summary>Reads all that a job reads: what it trains on, and what it is validated on and starts from where that is named.</summary>
    /// <param name="job">The job.</param>
    /// <param name="repositoryRoot">The repository root.</param>
    /// <exception cref="PipelineException">A folder is missing, empty or outside of the repository, or a URI is none.</exception>
    public static async Task<IReadOnlyList<TrainingData>> InspectAsync(TrainingJobSpec job, string repositoryRoot, CancellationToken cancellationToken)
    {
        (string Channel, string Variable, string? Uri)[] channels =
        [
            ("train", "training_data_uri", job.TrainingDataUri),
            ("validation", "validation_data_uri", job.ValidationDataUri),
            ("model", "model_data_uri", job.ModelDataUri),
        ];
        var data = new List<TrainingData>();
        foreach (var (channel, variable, uri) in channels)
        {
            if (uri is not null)
            {
                data.Add(await InspectAsync(channel, variable, uri, Path.GetFullPath(repositoryRoot), cancellationToken));
            }
        }

        return data;
    }

    private static async Task<TrainingData> InspectAsync(string channel, string variable, string uri, string root, CancellationToken cancellationToken)
    {
        if (S3Uri.TryParse(uri, out var location))
        {
            return new(channel, variable, uri, null, location.AsFolder());
        }

        if (uri.Length == 0 || uri.Contains("://", StringComparison.Ordinal))
        {
            throw new PipelineException(UploadErrors.InvalidDataUri,
                $"{variable} is \"{uri}\". Give s3://BUCKET/PREFIX, or a folder relative to the repository root.");
        }

        var folder = Path.GetFullPath(uri, root);
        if (Path.GetRelativePath(root, folder) is var relative && (relative.StartsWith("..", StringComparison.Ordinal) || Path.IsPathRooted(relative)))
        {
            throw new PipelineException(UploadErrors.DataOutside,
                $"{variable} is \"{uri}\", which is outside the repository. Put the data into S3 and give its s3:// prefix.");
        }

        for (var part = folder; part.Length > root.Length; part = Path.GetDirectoryName(part)!)
        {
            if (new DirectoryInfo(part).LinkTarget is { } target)
            {
                throw new PipelineException(UploadErrors.DataOutside,
                    $"{variable} is \"{uri}\", but {part} is a symbolic link to {target}. Name a plain folder of the repository, or put the data into S3 and give its s3:// prefix.");
            }
        }

        return new(channel, variable, uri, await ContentManifest.ReadAsync(folder, $"{channel} data", cancellationToken), null);
    }
}
