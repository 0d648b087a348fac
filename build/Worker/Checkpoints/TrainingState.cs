using BuildPipeline.Worker.Model;

namespace BuildPipeline.Worker.Checkpoints;

/// <summary>What training changes, and a checkpoint brings back.</summary>
internal sealed class TrainingState(LanguageModel model, AdamOptimizer optimizer)
{
    public LanguageModel Model { get; } = model;

    public AdamOptimizer Optimizer { get; } = optimizer;

    /// <summary>Optimizer steps that were done.</summary>
    public int Step { get; set; }

    /// <summary>Mean loss of the last step's batch, in nats.</summary>
    public double TrainLoss { get; set; }
}
