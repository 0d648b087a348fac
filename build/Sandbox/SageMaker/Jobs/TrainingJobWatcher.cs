using System.Threading.Channels;

namespace BuildPipeline.Sandbox.SageMaker.Jobs;

/// <summary>Sees each training job once when it is created and after each change, in their order, from the start of the sandbox on.</summary>
internal abstract class TrainingJobWatcher(TrainingJobStore jobs) : BackgroundService
{
    private ChannelReader<TrainingJob>? _changes;

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _changes = jobs.Watch();
        return base.StartAsync(cancellationToken);
    }

    /// <summary>A job as it is after a change.</summary>
    protected abstract void Saw(TrainingJob job);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var job in _changes!.ReadAllAsync(stoppingToken))
        {
            Saw(job);
        }
    }
}
