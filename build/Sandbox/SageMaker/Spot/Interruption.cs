using System.Globalization;

namespace BuildPipeline.Sandbox.SageMaker.Spot;

/// <summary>When the sandbox takes the instances away: at a number of checkpoints, or after a time of training.</summary>
/// <param name="Checkpoints">The checkpoint of the job that calls for it, counted from one; null if time does.</param>
/// <param name="Training">Time of training in the attempt; null if a checkpoint calls for it.</param>
internal sealed record Interruption(int? Checkpoints, TimeSpan? Training)
{
    private const string CheckpointPrefix = "checkpoint:";
    private const double LongestSeconds = 1_000_000;

    /// <summary>Reads <c>checkpoint:N</c> or <c>Ns</c>.</summary>
    /// <exception cref="FormatException">The text is neither.</exception>
    public static Interruption Parse(string text)
    {
        if (text.StartsWith(CheckpointPrefix, StringComparison.Ordinal)
            && int.TryParse(text[CheckpointPrefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0)
        {
            return new Interruption(number, null);
        }

        return text.EndsWith('s')
            && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            && seconds < LongestSeconds
            ? new Interruption(null, TimeSpan.FromSeconds(seconds))
            : throw new FormatException(
                $"'{text}' is not a valid interruption: write checkpoint:N for the N-th checkpoint, or Ns for N seconds of training.");
    }
}
