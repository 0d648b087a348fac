namespace BuildPipeline.Runs;

/// <summary>Names of the files of a run, in its folder <c>artifacts/runs/RUN-ID</c>.</summary>
public static class RunFiles
{
    /// <summary>Terraform's saved plan.</summary>
    public const string Plan = "plan.tfplan";

    /// <summary>The same plan as JSON.</summary>
    public const string PlanJson = "plan.json";

    /// <summary>Terraform's lock file that the plan was made with.</summary>
    public const string ProviderLock = "terraform.lock.hcl";

    /// <summary>The price.</summary>
    public const string Cost = "cost.json";

    /// <summary>What the gate decides on, for rules of others.</summary>
    public const string GateInput = "gate-input.json";

    /// <summary>The approval.</summary>
    public const string Approval = "approval.json";

    /// <summary>The signed statement of the approval: a DSSE envelope.</summary>
    public const string Statement = "approval.dsse.json";

    /// <summary>The public key that the statement claims to be signed with.</summary>
    public const string ApprovalKey = "approval-key.pem";

    /// <summary>All that is known of the run.</summary>
    public const string Run = "run.json";

    /// <summary>One line an event, in order, never rewritten.</summary>
    public const string Events = "events.jsonl";

    /// <summary>The receipt.</summary>
    public const string Summary = "summary.md";

    /// <summary>The receipt as one HTML file that opens from disk.</summary>
    public const string Report = "report.html";

    /// <summary>What trackers get of the run, one line each, never rewritten.</summary>
    public const string Tracking = "tracking.jsonl";

    /// <summary>What terraform printed.</summary>
    public const string TerraformLog = "terraform.log";
}
