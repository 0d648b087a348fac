namespace BuildPipeline.Uploads;

/// <summary>A part that S3 has.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">As S3 checked it, base64; null if it checked another checksum.</param>
/// <param name="ETag">What names the part at the end.</param>
public sealed record StoredPart(int Number, long Size, string? Sha256, string ETag);

/// <summary>A multipart upload of a key, by whichever process, that was neither completed nor aborted.</summary>
/// <param name="UploadId">Its identity.</param>
/// <param name="StartedAt">When it was started.</param>
/// <param name="ChecksSha256">Whether it was started with SHA-256 as its checksum; S3 takes no part with another one.</param>
/// <param name="Parts">What S3 has of it.</param>
public sealed record StartedUpload(string UploadId, DateTime StartedAt, bool ChecksSha256, IReadOnlyList<StoredPart> Parts)
{
    /// <summary>The parts that have the very bytes of the file's: they are not sent again.</summary>
    public IEnumerable<StoredPart> FinishedOf(ContentFile file) => Parts.Where(part => part.Number <= file.Parts.Count && part.Sha256 == file.Parts[part.Number - 1]);

    /// <summary>The upload with the most finished parts, and of equal ones the oldest; null if none can be continued.</summary>
    /// <param name="file">The file.</param>
    /// <param name="started">Every upload of its key.</param>
    public static StartedUpload? SelectFor(ContentFile file, IEnumerable<StartedUpload> started) => started
        .Where(upload => upload.Fits(file))
        .OrderByDescending(upload => upload.FinishedOf(file).Count())
        .ThenBy(upload => upload.StartedAt)
        .FirstOrDefault();

    // One with other part sizes would end as another object. Other bytes are no obstacle: a part that is sent again replaces the first.
    private bool Fits(ContentFile file)
    {
        var plan = FileParts.Plan(file.Size).ToList();
        return ChecksSha256 && Parts.All(part => part.Number <= plan.Count && part.Size == plan[part.Number - 1].Length);
    }
}
