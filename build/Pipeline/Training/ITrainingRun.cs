using BuildPipeline.Approvals;
using BuildPipeline.Costing;
using BuildPipeline.Jobs;

namespace BuildPipeline.Training;

/// <summary>What training needs to know of a run.</summary>
public interface ITrainingRun : IApprovableRun
{
    /// <summary>The job: as planned until apply, then as applied.</summary>
    TrainingJobSpec? Job { get; }

    /// <summary>What the gate made of the job; null before.</summary>
    CostRecord? Cost { get; }

    /// <summary>Training jobs, oldest first.</summary>
    IReadOnlyList<AttemptRecord> Attempts { get; }

    /// <summary>The newest training job.</summary>
    AttemptRecord? CurrentAttempt { get; }

    /// <summary>Dollars of all attempts; null if one is not known.</summary>
    Usd? ActualCost { get; }

    /// <summary>What is known of a job that Terraform alone submitted; null for a run of this pipeline.</summary>
    AdoptedJob? Adopted { get; }

    /// <summary>Folder of the run in the artifact bucket, below the job's prefix.</summary>
    string ArtifactFolder { get; }

    /// <summary>On-demand rate of an attempt's nodes, dollars an hour; null is unknown.</summary>
    Usd? RateOf(AttemptRecord attempt);
}
