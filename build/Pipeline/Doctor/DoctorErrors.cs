namespace BuildPipeline.Doctor;

/// <summary>Errors of what a first run needs.</summary>
public static class DoctorErrors
{
    public static readonly ErrorCode NotReady = new(
        "BP2201", ExitCode.BadConfiguration, "Doctor found something that a run needs and that is missing. Each line of its report has the id of its error.",
        "Do what each line with ✗ says, and run Doctor again.");

    public static readonly ErrorCode ToolMissing = new(
        "BP2202", ExitCode.BadConfiguration, "A program that the pipeline starts is not on the PATH, or does not run.",
        "Install it. `./build.sh` downloads Terraform by itself where the network allows.");

    public static readonly ErrorCode ToolTooOld = new(
        "BP2203", ExitCode.BadConfiguration, "Terraform is older than the version that the state's lock file needs.",
        "Install a later version, or remove it from the PATH so `./build.sh` downloads one.");

    public static readonly ErrorCode OtherAccount = new(
        "BP2204", ExitCode.BadConfiguration, "The credentials belong to an account that `allowed_account_ids` does not list.",
        "Use credentials of the right account, or correct `allowed_account_ids`.");

    public static readonly ErrorCode NoStateBucket = new(
        "BP2205", ExitCode.BadConfiguration, "The bucket of the Terraform state does not exist.",
        "Create it as the message says, or correct the backend file.");

    public static readonly ErrorCode UnsetVariable = new(
        "BP2206", ExitCode.BadConfiguration, "A variable that has no default is not set.",
        "Set it in the variable file of the environment. See [Variables](variables.md).");

    public static readonly ErrorCode OtherRegistry = new(
        "BP2207", ExitCode.BadConfiguration, "The training image is in another region than the job. SageMaker reads images only from the region of the job.",
        "Copy the image to a repository in the job's region.");

    public static readonly ErrorCode UnknownTeam = new(
        "BP2208", ExitCode.BadConfiguration, "The team has no entry in `teams`.",
        "Add the team to `teams`, or correct `team`. See [Add a team](../how-to/add-a-team.md).");

    public static readonly ErrorCode GitHubRefused = new(
        "BP2209", ExitCode.BadConfiguration, "GitHub rejects the token, or does not show the repository to it.",
        "Set `GITHUB_TOKEN` to a token that may read the repository and comment on its issues, or unset it.");

    public static readonly ErrorCode ApprovalKey = new(
        "BP2211", ExitCode.BadConfiguration, "The key of `approval_key_arn` cannot sign approvals, or is not the one that `infra/environments/NAME.approval-key.pem` trusts.",
        "Correct the variable or the file as the message says.");

    public static readonly ErrorCode StateNotEncrypted = new(
        "BP2210", ExitCode.BadConfiguration, "The bucket of the Terraform state has no default encryption. The state holds values in clear text.",
        "Complete the bucket as the message says.");
}
