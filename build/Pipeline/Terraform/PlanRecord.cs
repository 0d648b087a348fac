using BuildPipeline.Budgets;

namespace BuildPipeline.Terraform;

/// <summary>What terraform planned, bound to the saved plan file.</summary>
public sealed record PlanRecord
{
    /// <summary>SHA-256 of <c>plan.tfplan</c>, hex.</summary>
    public required string PlanSha256 { get; init; }

    /// <summary>SHA-256 of the plan that was put up for approval, where this one was made since because another run had changed the state, and does nothing else; null if this is that plan.</summary>
    public string? ApprovedSha256 { get; init; }

    /// <summary>SHA-256 of what the plan does, hex: equal for equal plans, on whatever machine they were made; null in records of earlier versions.</summary>
    public string? ContentSha256 { get; init; }

    /// <summary>Version of the terraform that planned.</summary>
    public required string TerraformVersion { get; init; }

    /// <summary>When the plan was made.</summary>
    public required DateTimeOffset PlannedAt { get; init; }

    /// <summary>Resources to add.</summary>
    public required int Add { get; init; }

    /// <summary>Resources to change in place.</summary>
    public required int Change { get; init; }

    /// <summary>Resources to destroy.</summary>
    public required int Destroy { get; init; }

    /// <summary>True if an apply would change no resource and import none, and the job is known as a whole, so there is nothing to apply but outputs.</summary>
    public bool ChangesNothing { get; init; }

    /// <summary>The planned resources after apply, by type and address, for pricing and for the summary.</summary>
    public required IReadOnlyList<PlannedResource> Resources { get; init; }

    /// <summary>Interface endpoints times zones that exist after the apply; each is billed by the hour, with or without a job.</summary>
    public required int InterfaceEndpointZones { get; init; }

    /// <summary>What the keeper's builds take after the apply; null if there is no keeper, and in records of earlier versions.</summary>
    public KeeperMinutes? Keeper { get; init; }

    /// <summary>Per-run ceiling, dollars: the output <c>cost_policy.max_run_cost_usd</c>.</summary>
    public required Usd MaxRunCostUsd { get; init; }

    /// <summary>The configuration that it was made from; null in records of earlier versions.</summary>
    public ConfigurationRecord? Configuration { get; init; }

    /// <summary>Names of the training jobs that Terraform alone submitted and that the apply stops and forgets.</summary>
    public IReadOnlyList<string> DestroyedTrainingJobs { get; init; } = [];

    /// <summary>True if whoever started a workflow run may release it as a reviewer too: the output <c>cost_policy.allow_self_approval</c>.</summary>
    public bool AllowSelfApproval { get; init; }

    /// <summary>Whoever asks may approve by themselves what costs less, dollars: the output <c>cost_policy.auto_approve_usd</c>.</summary>
    public Usd AutoApproveUsd { get; init; }

    /// <summary>ARN of the key that signs approvals, or of its alias: the output <c>cost_policy.approval_key_arn</c>; null if the environment has none.</summary>
    public string? ApprovalKeyArn { get; init; }

    /// <summary>Command that asks the rules of an organisation at the gate of each run: the output <c>cost_policy.policy_command</c>; null if the environment has none.</summary>
    public string? PolicyCommand { get; init; }

    /// <summary>The paying team's own limits: the output <c>cost_policy.team_limits</c>; null if no team has any.</summary>
    public TeamLimits? TeamLimits { get; init; }

    /// <summary>True if whoever asks for a run of that ceiling may approve it too.</summary>
    public bool AllowsSelfApproval(Usd ceiling) => AllowSelfApproval || ceiling < AutoApproveUsd;
}

/// <summary>Minutes of the keeper's builds in an hour, as AWS bills them.</summary>
/// <param name="Idle">While no run is open.</param>
/// <param name="Expected">While one is.</param>
/// <param name="Ceiling">At most.</param>
public sealed record KeeperMinutes(decimal Idle, decimal Expected, decimal Ceiling);

/// <summary>A managed resource of the plan.</summary>
/// <param name="Address">Terraform address.</param>
/// <param name="Type">Terraform type, for example <c>aws_vpc_endpoint</c>.</param>
/// <param name="Action"><c>no-op</c>, <c>create</c>, <c>update</c>, <c>replace</c> or <c>delete</c>.</param>
/// <param name="Values">Planned attribute values that are known, as JSON.</param>
public sealed record PlannedResource(string Address, string Type, string Action, System.Text.Json.JsonElement Values);
