namespace BuildPipeline.Accounts;

/// <summary>Errors of the account and of the sandbox.</summary>
public static class AccountErrors
{
    public static readonly ErrorCode NoCredentials = new(
        "BP1401", ExitCode.BadConfiguration, "There are no valid AWS credentials.",
        "Sign in, for example with `aws sso login`, or set `AWS_PROFILE`.");

    public static readonly ErrorCode ExpiredCredentials = new(
        "BP1402", ExitCode.Failed, "The AWS credentials expired. Progress is recorded.",
        "Get new ones, and run it again.");

    public static readonly ErrorCode AccessDenied = new(
        "BP1403", ExitCode.Failed, "AWS denies the request.",
        "Grant the permission. [Security](../security.md#permissions) lists what each role needs.");

    public static readonly ErrorCode Throttled = new(
        "BP1404", ExitCode.Failed, "AWS kept throttling.",
        "Wait a few minutes, and run it again.");

    public static readonly ErrorCode Unreachable = new(
        "BP1405", ExitCode.Failed, "AWS did not answer. Progress is recorded.",
        "Check the network, and run it again.");

    public static readonly ErrorCode OverQuota = new(
        "BP1406", ExitCode.NoCapacity, "A service quota is exceeded.",
        "Request an increase in Service Quotas, or wait until other jobs end.");

    public static readonly ErrorCode RequestRejected = new(
        "BP1407", ExitCode.BadConfiguration, "AWS rejects the request as invalid.",
        "Correct what the quoted reason names.");

    public static readonly ErrorCode ServiceError = new(
        "BP1408", ExitCode.Failed, "AWS returned another error.",
        "Read the quoted reason, and run it again.");

    public static readonly ErrorCode UnreadableDocument = new(
        "BP1409", ExitCode.BadConfiguration, "An object that the pipeline keeps in S3 cannot be read.",
        "Restore an earlier version of the object.");

    public static readonly ErrorCode ForeignBucket = new(
        "BP1410", ExitCode.BadConfiguration, "The state bucket belongs to another account, or the credentials may not read it.",
        "Choose another name in the environment's `.s3.tfbackend` file, or use other credentials.");

    public static readonly ErrorCode NoStateBucket = new(
        "BP1411", ExitCode.BadConfiguration, "The state bucket does not exist.",
        "Create it with the target Bootstrap, or correct its name in the environment's `.s3.tfbackend` file.");

    public static readonly ErrorCode RoleNotAssumed = new(
        "BP1412", ExitCode.BadConfiguration, "The role of `--assume-role` or `AWS_ROLE_ARN` cannot be assumed.",
        "Correct its ARN, use other credentials, or add these to the role's `principals`. [Security](../security.md#roles) says who may assume which.");

    public static readonly ErrorCode ShortCredentials = new(
        "BP1413", ExitCode.StillRunning, "The AWS credentials end too soon for the next step, and nothing renews them. Nothing of the step was done, and the run stays open.",
        "Get new ones, and continue with the command that the message shows. Use [a source that renews them](../how-to/detach-and-resume.md#credentials).");

    public static readonly ErrorCode EndedCredentials = new(
        "BP1414", ExitCode.StillRunning, "The AWS credentials ended while a run is open. It stays open, and its job keeps running.",
        "Get new ones, and continue with the command that the message shows. Use [a source that renews them](../how-to/detach-and-resume.md#credentials).");

    public static readonly ErrorCode SandboxFailed = new(
        "BP1420", ExitCode.Failed, "The sandbox did not start, or it ended with an error.",
        "Read the reason. You may delete `.sandbox/`: everything in the sandbox is lost with it.");

    public static readonly ErrorCode SandboxRefused = new(
        "BP1421", ExitCode.BadConfiguration, "The sandbox refuses an option or its state folder.",
        "Correct what the message names.");

    public static readonly ErrorCode SandboxSlow = new(
        "BP1422", ExitCode.Failed, "The sandbox did not start in time.",
        "Read its log, and run it again.");

    public static readonly ErrorCode SandboxNotStopped = new(
        "BP1423", ExitCode.Failed, "The sandbox did not stop in time and was killed.",
        "Run it again.");

    public static readonly ErrorCode SandboxRunning = new(
        "BP1424", ExitCode.StillRunning, "A sandbox is already running on this state folder.",
        "Use it, or stop it first.");
}
