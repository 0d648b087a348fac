namespace BuildPipeline.Uploads;

/// <summary>Requests that do not ask S3 first whether it would take their body.</summary>
internal static class AtOnce
{
    /// <summary>A put that costs one round trip instead of two, which is most of the time of a small file.</summary>
    /// <remarks>It has the name of its base, since the SDK chooses the bucket's address by it.</remarks>
    public sealed class PutObjectRequest : Amazon.S3.Model.PutObjectRequest
    {
        /// <inheritdoc/>
        protected override bool Expect100Continue => false;
    }
}
