using BuildPipeline.Aws;

namespace BuildPipeline.Training;

/// <summary>Keeps count of the complete checkpoints of a job that is being followed, at a slower pace than its status.</summary>
internal sealed class CheckpointWatch(CheckpointReader reader, S3Uri prefix, TimeSpan pause, TimeProvider time)
{
    private readonly HashSet<int> _steps = [];
    private DateTimeOffset _next = DateTimeOffset.MinValue;

    /// <summary>Step of the newest complete checkpoint.</summary>
    public int? NewestStep { get; private set; }

    /// <summary>Last step of the whole training, once a checkpoint tells it.</summary>
    public int? TotalSteps { get; private set; }

    /// <summary>Complete checkpoints seen.</summary>
    public int Count => _steps.Count;

    /// <summary>Looks, when it is time to.</summary>
    public async Task LookAsync(bool atOnce, CancellationToken cancellationToken)
    {
        if (!atOnce && time.GetUtcNow() < _next)
        {
            return;
        }

        _next = time.GetUtcNow() + pause;
        foreach (var checkpoint in await reader.ReadAsync(prefix, cancellationToken))
        {
            if (checkpoint.State == CheckpointState.Complete)
            {
                _steps.Add(checkpoint.Step);
                NewestStep = checkpoint.Step;
                TotalSteps = checkpoint.Manifest!.TotalSteps ?? TotalSteps;
            }
        }
    }
}
