using BuildPipeline.Observability;

namespace BuildPipeline.Training;

/// <summary>Keeps up how much of their GPUs and memory the nodes of a job use, at the pace at which SageMaker publishes it.</summary>
internal sealed class UtilizationMonitor(UtilizationReader reader, ITrainingRun run, TimeSpan pause, TimeProvider time)
{
    private DateTimeOffset _next = DateTimeOffset.MinValue;

    /// <summary>The nodes while they train; none before and between.</summary>
    public IReadOnlyList<NodeUtilization> Nodes { get; private set; } = [];

    /// <summary>Reads it, when it is time to.</summary>
    public async Task LookAsync(AttemptRecord attempt, CancellationToken cancellationToken)
    {
        if (attempt.SecondaryStatus != "Training")
        {
            Nodes = [];
            return;
        }

        if (time.GetUtcNow() >= _next)
        {
            var job = run.JobOf(attempt);
            _next = time.GetUtcNow() + pause;
            Nodes = await reader.ReadAsync(attempt.JobName, job.InstanceType, job.InstanceCount, time.GetUtcNow(), cancellationToken);
        }
    }
}
