namespace BuildPipeline.Approvals;

/// <summary>Errors of approvals.</summary>
public static class ApprovalErrors
{
    public static readonly ErrorCode OtherDigest = new(
        "BP1301", ExitCode.NotApproved, "`--approve` names another digest: it was given for another plan, program, data or price.",
        "Check plan and price again, then approve the digest that the message shows.");

    public static readonly ErrorCode NoTerminal = new(
        "BP1302", ExitCode.NotApproved, "The run needs an approval, and there is no terminal to ask at.",
        "Run the command that the message shows, after you have checked plan and price.");

    public static readonly ErrorCode OtherAmount = new(
        "BP1303", ExitCode.NotApproved, "The amount that was typed is not the ceiling, so nothing was approved.",
        "Run it again.");

    public static readonly ErrorCode Missing = new(
        "BP1304", ExitCode.NotApproved, "The run is not approved.",
        "Approve it first.");

    public static readonly ErrorCode Void = new(
        "BP1305", ExitCode.NotApproved, "The approval is void: what it covers changed. `plan_sha256` is the saved plan, `configuration_sha256` Terraform's files and variables, `terms` policy and deadline, `job` the job, `policy` the findings of `--policy-command`, `source_sha256` the folder `training/`, `data_sha256` local data, `prices_sha256` the prices.",
        "Start a new run. In the sandbox the data are the files of `docs/`: an edit of them changes the data.");

    public static readonly ErrorCode Expired = new(
        "BP1306", ExitCode.NotApproved, "The approval expired before a job was submitted.",
        "Start a new run.");

    public static readonly ErrorCode ConfigurationChanged = new(
        "BP1307", ExitCode.NotApproved, "A file of `infra/` or a variable file changed after the run was planned.",
        "Undo the change, or start a new run.");

    public static readonly ErrorCode ReviewsUnreadable = new(
        "BP1310", ExitCode.NotApproved, "GitHub did not show the reviews of the workflow run, so the approval is not verified.",
        "Give the job `actions: read` and `GITHUB_TOKEN`.");

    public static readonly ErrorCode NoRequiredReviewers = new(
        "BP1311", ExitCode.NotApproved, "The GitHub environment has no required reviewers. GitHub creates an environment without protection when a workflow names it.",
        "Add required reviewers under Settings > Environments.");

    public static readonly ErrorCode NoReview = new(
        "BP1312", ExitCode.NotApproved, "GitHub records no approving review: nobody released the job, or an administrator bypassed the review.",
        "Have a reviewer approve it.");

    public static readonly ErrorCode OwnReview = new(
        "BP1313", ExitCode.NotApproved, "The person who started the workflow run is its only reviewer.",
        "Have someone else review it, or set `allow_self_approval` and plan again.");

    public static readonly ErrorCode OldAttempt = new(
        "BP1314", ExitCode.NotApproved, "The workflow run has a newer attempt than the one that asks.",
        "Run the newest attempt.");

    public static readonly ErrorCode DigestNotShown = new(
        "BP1315", ExitCode.NotApproved, "No job of the workflow run has the digest in its name, so the reviewers did not see it.",
        "Put `digest_prefix` into the job's name, as `launch.yml` does.");

    public static readonly ErrorCode OtherWorkflowJob = new(
        "BP1316", ExitCode.NotApproved, "The job that was reviewed is not the job that asks.",
        "Call Launch in the job that waits for the environment.");

    public static readonly ErrorCode UnknownWorkflowRun = new(
        "BP1318", ExitCode.NotApproved, "The environment variables name a workflow run that GitHub does not know, or that cannot be asked for, so nothing is verified.",
        "Give the job `GITHUB_TOKEN`; outside of GitHub Actions, unset `GITHUB_ACTIONS`.");

    public static readonly ErrorCode JobDiffers = new(
        "BP1317", ExitCode.NotApproved, "After apply, the job differs from what was approved. Nothing was submitted.",
        "Start a new run.");
}
