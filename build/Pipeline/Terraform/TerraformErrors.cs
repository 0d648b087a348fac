namespace BuildPipeline.Terraform;

/// <summary>Errors of Terraform, its files and its state.</summary>
public static class TerraformErrors
{
    public static readonly ErrorCode EnvironmentFileMissing = new(
        "BP1101", ExitCode.BadConfiguration, "A file of the environment is missing: `infra/environments/NAME.tfvars` or `NAME.s3.tfbackend`.",
        "Copy the example that the message names and fill it in, or choose another `--environment`.");

    public static readonly ErrorCode StrayFiles = new(
        "BP1102", ExitCode.BadConfiguration, "`infra/` has files that Terraform loads for every environment: `terraform.tfvars`, `*.auto.tfvars`, `*_override.tf`, a local state.",
        "Move or delete each file as the message says.");

    public static readonly ErrorCode UndeclaredVariable = new(
        "BP1103", ExitCode.BadConfiguration, "`--var` or a variable file sets a variable, or an attribute of one, that `infra/` does not declare.",
        "Use the name that the message suggests. See [Variables](variables.md).");

    public static readonly ErrorCode IncompleteBackend = new(
        "BP1104", ExitCode.BadConfiguration, "The backend file of the environment lacks a setting.",
        "Add the setting that the message names.");

    public static readonly ErrorCode UnreadableVariableFile = new(
        "BP1105", ExitCode.BadConfiguration, "A variable file is not a plain file.",
        "Replace it with a plain text file.");

    public static readonly ErrorCode OtherBackend = new(
        "BP1106", ExitCode.BadConfiguration, "`infra/` has a `cloud` block or a backend other than S3. The pipeline keeps its state in S3.",
        "Remove the block, or replace it with `backend \"s3\" {}`.");

    public static readonly ErrorCode UnsavedState = new(
        "BP1107", ExitCode.BadConfiguration, "An apply could not save its state. It is in the file that the message names.",
        "Push it with the commands that the message shows.");

    public static readonly ErrorCode OtherSubmitter = new(
        "BP1108", ExitCode.BadConfiguration, "`--var` sets `training_job_submitter` to something other than `pipeline`.",
        "Omit the option, or run Terraform without the pipeline.");

    public static readonly ErrorCode JobFileMissing = new(
        "BP1109", ExitCode.BadConfiguration, "`--job` names a job that has no file `infra/jobs/NAME.tfvars`.",
        "Choose one of the jobs that the message lists, or write its file.");

    public static readonly ErrorCode NotStarted = new(
        "BP1110", ExitCode.Failed, "The terraform program could not be run.",
        "Install Terraform, or let `./build.sh` download it. See [Environment variables](command-line.md#configuration).");

    public static readonly ErrorCode Failed = new(
        "BP1111", ExitCode.Failed, "A terraform command failed because of a service, the network or Terraform itself.",
        "Read the log that the message names, and run it again. A partly applied plan cannot be applied again: a new run adopts what was created.");

    public static readonly ErrorCode InvalidConfiguration = new(
        "BP1112", ExitCode.BadConfiguration, "Terraform rejects a value or a file: a value out of range, a missing variable, a bucket name that is taken.",
        "Correct what the message names.");

    public static readonly ErrorCode StalePlan = new(
        "BP1113", ExitCode.NotApproved, "The infrastructure changed after the run was planned, and a plan made now would do something else, so plan and approval are void.",
        "Start a new run.");

    public static readonly ErrorCode MissingOutput = new(
        "BP1114", ExitCode.BadConfiguration, "The plan lacks an output that the pipeline reads.",
        "Declare it in `infra/outputs.tf`.");

    public static readonly ErrorCode InvalidOutput = new(
        "BP1115", ExitCode.BadConfiguration, "An output does not have the form that the pipeline reads.",
        "Restore it in `infra/outputs.tf`.");

    public static readonly ErrorCode OtherBucket = new(
        "BP1117", ExitCode.BadConfiguration, "`--purge-artifacts` does not name this environment's bucket.",
        "Give the name that the message shows.");

    public static readonly ErrorCode InUseByRuns = new(
        "BP1118", ExitCode.StillRunning, "The plan changes the role, the network or the bucket that running jobs of other runs use.",
        "Wait until those runs have ended. If jobs run side by side, put what they need into the environment's file.");

    public static readonly ErrorCode LockedByProcess = new(
        "BP1120", ExitCode.StillRunning, "A running terraform process of this machine holds the state lock.",
        "Wait until it has ended, then run this again.");

    public static readonly ErrorCode Locked = new(
        "BP1121", ExitCode.StillRunning, "The state is locked, and the owner of the lock may be running.",
        "Wait until it has ended. Release the lock only if the process is gone.");

    public static readonly ErrorCode LockRemains = new(
        "BP1122", ExitCode.Failed, "The process that holds the state lock is gone.",
        "Release the lock with the command that the message shows.");

    public static readonly ErrorCode OtherLock = new(
        "BP1123", ExitCode.BadConfiguration, "`--release-lock` does not name the current state lock.",
        "Omit the option to see the lock.");
}
