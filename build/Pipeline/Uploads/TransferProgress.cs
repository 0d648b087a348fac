namespace BuildPipeline.Uploads;

/// <summary>How far uploads are; any thread may tell and ask.</summary>
/// <param name="time">The clock that the rate is measured with.</param>
public sealed class TransferProgress(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private long _total;
    private long _skipped;
    private long _sent;

    /// <summary>Where it stands now.</summary>
    public TransferState State => new(Interlocked.Read(ref _total), Interlocked.Read(ref _skipped), Interlocked.Read(ref _sent), time.GetElapsedTime(_start));

    /// <summary>Tells of bytes that S3 has to have in the end.</summary>
    public void Expect(long bytes) => Interlocked.Add(ref _total, bytes);

    /// <summary>Tells of bytes that S3 had already.</summary>
    public void Skip(long bytes) => Interlocked.Add(ref _skipped, bytes);

    /// <summary>Tells of bytes that S3 got.</summary>
    public void Send(long bytes) => Interlocked.Add(ref _sent, bytes);
}

/// <summary>Where uploads stand.</summary>
/// <param name="Total">Bytes that S3 has to have in the end.</param>
/// <param name="Skipped">Bytes that it had already; they say nothing about the rate.</param>
/// <param name="Sent">Bytes that it got.</param>
/// <param name="Elapsed">Time since the start.</param>
public readonly record struct TransferState(long Total, long Skipped, long Sent, TimeSpan Elapsed)
{
    /// <summary>Share of the bytes that S3 has, 0 to 1.</summary>
    public double Share => Total == 0 ? 0 : Math.Clamp((Skipped + Sent) / (double)Total, 0, 1);

    /// <summary>Time until the end at the rate so far; null before there is a rate.</summary>
    public TimeSpan? Remaining => Sent == 0 ? null : Elapsed * (Math.Max(0, Total - Skipped - Sent) / (double)Sent);

    /// <summary>For example <c>1.5 GiB of 6.0 GiB, 85.0 MiB/s, 54 s left</c>; empty before the size is known.</summary>
    public string Text => Total == 0 ? ""
        : $"{Format.Bytes(Math.Min(Total, Skipped + Sent))} of {Format.Bytes(Total)}"
            + (Remaining is { } left ? $", {Format.Bytes((long)(Sent / Math.Max(0.001, Elapsed.TotalSeconds)))}/s, {TimeSpan.FromSeconds(Math.Ceiling(left.TotalSeconds)).InWords()} left" : "");
}
