namespace BuildPipeline.Approvals;

/// <summary>What approvals need to know of a run.</summary>
public interface IApprovableRun
{
    /// <summary>The run's ID.</summary>
    string RunId { get; }

    /// <summary>The Terraform environment.</summary>
    string Environment { get; }

    /// <summary>What an approval covers; null before the gate.</summary>
    ApprovalSubject? Subject { get; }

    /// <summary>The approval; null before it is given.</summary>
    ApprovalRecord? Approval { get; }

    /// <summary>When the time for approval and first submission was seen to be over, by the service's clock; null before.</summary>
    DateTimeOffset? ApprovalExpiredAt { get; }
}
