namespace BuildPipeline.Costing;

/// <summary>Errors of the cost gate.</summary>
public static class CostingErrors
{
    public static readonly ErrorCode GateRefused = new(
        "BP1201", ExitCode.Refused, "The cost gate refuses the run. Each reason in the message has its own id.",
        "See the ids of the reasons. A changed job is a new run with a new digest.");

    public static readonly ErrorCode OverLimit = new(
        "BP1202", ExitCode.Refused, "The run can cost more than `max_run_cost_usd`.",
        "Make the job smaller, shorter or cheaper, or raise the limit.");

    public static readonly ErrorCode UnknownPrice = new(
        "BP1203", ExitCode.Refused, "The price of an instance type or of a resource is unknown. An unknown price is never taken for $0.",
        "Choose an instance type and region with a known price, or add the price of the resource to the price table.");

    public static readonly ErrorCode OverNodeLimit = new(
        "BP1204", ExitCode.Refused, "A node costs more than its `max_usd_per_node_hour`.",
        "Raise that limit, or choose another instance type.");

    public static readonly ErrorCode NoCheckpoints = new(
        "BP1205", ExitCode.Refused, "A spot job writes no checkpoints.",
        "Set `checkpoint_interval_seconds`, or use on-demand.");

    public static readonly ErrorCode TooMuchRepeated = new(
        "BP1206", ExitCode.Refused, "Interruptions would repeat too much of the work.",
        "Shorten the checkpoint interval, make checkpoints smaller, or use on-demand.");

    public static readonly ErrorCode TerraformSubmits = new(
        "BP1207", ExitCode.Refused, "The plan would make Terraform create or change a training job. Under the pipeline, only Launch submits jobs.",
        "Remove the `aws_sagemaker_training_job` from `infra/`, or its condition must be that `training_job_submitter` is `terraform`.");

    public static readonly ErrorCode TerraformJobRuns = new(
        "BP1208", ExitCode.Refused, "The plan would destroy a training job that Terraform submitted and that has not ended.",
        "Wait until it has ended, or stop it with the command that the message shows.");

    public static readonly ErrorCode LaunchDisabled = new(
        "BP1210", ExitCode.Refused, "`enable_training_job` is false.",
        "Set it to true in the variable file of the environment, or with `--var`.");

    public static readonly ErrorCode UnknownSpend = new(
        "BP1211", ExitCode.Refused, "What the run has cost so far is unknown, so no further job is started.",
        "Start a new run.");

    public static readonly ErrorCode AmountTooSmall = new(
        "BP1212", ExitCode.Refused, "What is left of the approved amount pays for less than a minute.",
        "Approve more, or make the job smaller. The checkpoints are kept.");

    public static readonly ErrorCode NothingToCompare = new(
        "BP1213", ExitCode.BadConfiguration, "Forecast has no known throughput for the instance type.",
        "Set `instance_type` to a GPU type.");
}
