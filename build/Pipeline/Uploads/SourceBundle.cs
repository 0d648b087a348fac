namespace BuildPipeline.Uploads;

/// <summary>The training program as a job gets it: the files of a folder, addressed by their content.</summary>
/// <remarks>
/// They are uploaded one by one, so a node finds them in channel <c>code</c> as they are and its entrypoint has nothing
/// to unpack. Modes are lost on the way through S3: what is to be run is named to its interpreter.
/// </remarks>
public static class SourceBundle
{
    /// <summary>The channel of the training program.</summary>
    public const string CodeChannel = "code";

    /// <summary>More than this, in bytes, is not a program.</summary>
    public const long MaxBytes = 100 * 1024 * 1024;

    /// <summary>Reads a folder; hidden files and Python's caches stay out.</summary>
    /// <exception cref="PipelineException">The folder is missing, empty or too large.</exception>
    public static async Task<ContentManifest> ReadAsync(string folder, CancellationToken cancellationToken)
    {
        var content = await ContentManifest.ReadAsync(folder, "training program", cancellationToken);
        return content.Bytes <= MaxBytes ? content : throw new PipelineException(UploadErrors.ProgramTooLarge,
            $"The training program in {content.Root} has {content.Bytes / (1024 * 1024)} MiB, more than the {MaxBytes / (1024 * 1024)} MiB "
            + "that a program may have. Move data out of it and set training_data_uri to it.");
    }
}
