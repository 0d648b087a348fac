namespace BuildPipeline.Approvals.Comments;

/// <summary>Errors of commands in comments on a pull request.</summary>
public static class CommentErrors
{
    public static readonly ErrorCode Malformed = new(
        "BP1331", ExitCode.NotApproved, "The comment is a command in a form that is not known.",
        "Write `/approve DIGEST AMOUNT` as the plan's comment shows it (at least 16 digits of the digest), `/stop RUN-ID` or `/status` as the first line of a new comment.");

    public static readonly ErrorCode NotAPerson = new(
        "BP1332", ExitCode.NotApproved, "A bot or an app wrote the comment.",
        "Have a person write it, on GitHub's page or in its app.");

    public static readonly ErrorCode Edited = new(
        "BP1333", ExitCode.NotApproved, "The comment was edited. Others than its author can edit it.",
        "Write a new comment.");

    public static readonly ErrorCode NotListed = new(
        "BP1334", ExitCode.NotApproved, "The author of the comment is not on the approvers' list of the default branch.",
        "Have one of the approvers write the command, or add the author to `.github/gpu-approvers` by a pull request.");

    public static readonly ErrorCode MayNotWrite = new(
        "BP1335", ExitCode.NotApproved, "The author of the comment may not write to the repository.",
        "Have somebody with write permission write the command.");

    public static readonly ErrorCode InvalidList = new(
        "BP1336", ExitCode.NotApproved, "The default branch has no readable approvers' list.",
        "Commit `.github/gpu-approvers` to the default branch: one login or `@organisation/team` a line.");

    public static readonly ErrorCode OwnComment = new(
        "BP1337", ExitCode.NotApproved, "The author of the comment asked for the run: opened the pull request, or started the launch.",
        "Have somebody else approve it. `auto_approve_usd` allows it for small amounts.");

    public static readonly ErrorCode Late = new(
        "BP1338", ExitCode.NotApproved, "The comment is older than 24 hours, or newer than GitHub's clock.",
        "Check plan and price again, and write a new comment.");

    public static readonly ErrorCode OtherDigest = new(
        "BP1339", ExitCode.NotApproved, "The comments on the pull request approve other digests: what would be launched is not what was approved.",
        "Compare the plan with the one on the pull request, and approve the digest that the message shows.");

    public static readonly ErrorCode OtherAmount = new(
        "BP1340", ExitCode.NotApproved, "The comment approves another amount than the ceiling of the run.",
        "Check the price, and write a new comment with the amount that the message shows.");

    public static readonly ErrorCode Used = new(
        "BP1341", ExitCode.NotApproved, "Another run has used the comment. A comment approves one run.",
        "Write a new comment.");

    public static readonly ErrorCode Gone = new(
        "BP1342", ExitCode.NotApproved, "GitHub has no such comment, or it is not on a pull request.",
        "Write the command on the pull request that has the plan.");

    public static readonly ErrorCode UnknownRequester = new(
        "BP1343", ExitCode.NotApproved, "GitHub does not say who started the launch, so nobody can be said to be somebody else.",
        "Give the job `actions: read` and `GITHUB_TOKEN`; outside of GitHub Actions, unset `GITHUB_ACTIONS` and use a token of your own.");

    public static readonly ErrorCode Unreadable = new(
        "BP1344", ExitCode.NotApproved, "GitHub did not answer, so nothing of the comment is verified.",
        "Give the job `contents: read`, `pull-requests: read`, `actions: read` and `GITHUB_TOKEN`, and run it again.");

    public static readonly ErrorCode TargetFailed = new(
        "BP1346", ExitCode.Failed, "The target that a comment asked for failed, with the exit code that this one has too.",
        "Read its message in the reply to the comment.");

    public static readonly ErrorCode NoEvent = new(
        "BP1345", ExitCode.BadConfiguration, "The target Comment was called without the comment of a workflow's event, or without a token.",
        "Call it in a workflow on `issue_comment`, as `.github/workflows/commands.yml` does.");
}
