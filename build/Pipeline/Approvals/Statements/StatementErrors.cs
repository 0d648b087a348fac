namespace BuildPipeline.Approvals.Statements;

/// <summary>Errors of signed approvals.</summary>
public static class StatementErrors
{
    public static readonly ErrorCode NotSigned = new(
        "BP1320", ExitCode.NotApproved, "The approval has no signed statement, which its environment or the caller asks for.",
        "Start a new run. To sign approvals, set `approval_key_arn`.");

    public static readonly ErrorCode Unreadable = new(
        "BP1321", ExitCode.NotApproved, "The signed statement is not a DSSE envelope of one in-toto statement with one signature.",
        "Start a new run, and find out who changed the record.");

    public static readonly ErrorCode NoKey = new(
        "BP1322", ExitCode.NotApproved, "The key that approvals have to be signed with is not known, or is not an ECDSA key on P-256.",
        "Commit the key as `infra/environments/NAME.approval-key.pem`, or name it with `--approval-key`.");

    public static readonly ErrorCode OtherKey = new(
        "BP1323", ExitCode.NotApproved, "Another key than the trusted one signed the approval.",
        "Find out who approved the run. If the key was replaced, start a new run.");

    public static readonly ErrorCode WrongSignature = new(
        "BP1324", ExitCode.NotApproved, "The signature does not fit the statement: one of them was changed.",
        "Start a new run, and find out who changed the record.");

    public static readonly ErrorCode Differs = new(
        "BP1325", ExitCode.NotApproved, "The record says something else of the approval than the signed statement.",
        "Start a new run, and find out who changed the record.");

    public static readonly ErrorCode OtherRun = new(
        "BP1326", ExitCode.NotApproved, "The approval is that of another run or environment.",
        "Start a new run, and find out who changed the record.");

    public static readonly ErrorCode PlanDiffers = new(
        "BP1327", ExitCode.NotApproved, "The run's `plan.tfplan` is missing, or is not the plan that was approved.",
        "Verify on a machine that has the plan, or get it from the state bucket.");

    public static readonly ErrorCode SubmittedLate = new(
        "BP1328", ExitCode.NotApproved, "The approval was given, or the first job was submitted, after the approval had expired.",
        "Find out who submitted the job.");

    public static readonly ErrorCode OverAmount = new(
        "BP1329", ExitCode.NotApproved, "The jobs of the run cost more than the approved amount, or their cost is unknown.",
        "Compare the jobs in SageMaker with the record.");

    public static readonly ErrorCode ReceiptDiffers = new(
        "BP1330", ExitCode.NotApproved, "`summary.md` is missing, or states another approval than the record.",
        "Write it again with the target Summary.");
}
