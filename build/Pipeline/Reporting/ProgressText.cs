using BuildPipeline.Stalls;

namespace BuildPipeline.Reporting;

/// <summary>How a job gets on, for people.</summary>
internal static class ProgressText
{
    /// <summary>Dollars of the training that an interruption now would lose; null is unknown.</summary>
    /// <param name="ratePerHour">On-demand rate of all nodes.</param>
    public static Usd? AtRisk(ProgressVerdict progress, Usd? ratePerHour) => ratePerHour * ((decimal)progress.AtRiskSeconds / 3600m);

    /// <summary>Age of the newest checkpoint, work at risk and time of the end, as far as they are known.</summary>
    public static string Describe(ProgressVerdict progress, Usd? ratePerHour)
    {
        var saved = progress is { CheckpointStep: { } step, CheckpointAt: { } at } ? $"step {step} saved {Since(progress.At, at)} ago" : "no complete checkpoint";
        var risk = $"{TimeSpan.FromSeconds(progress.AtRiskSeconds).InWords()} of training at risk ({Format.Money(AtRisk(progress, ratePerHour))})";
        return $"{saved}, {risk}{(progress.DoneAt is { } done ? $", done about {Format.Moment(done)}" : "")}";
    }

    // S3's clock and the nodes' may differ from this one's.
    private static string Since(DateTimeOffset now, DateTimeOffset at) => (now > at ? now - at : TimeSpan.Zero).InWords();
}
