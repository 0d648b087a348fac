namespace BuildPipeline.Training;

/// <summary>Errors of a training job.</summary>
public static class TrainingErrors
{
    public static readonly ErrorCode NotApplied = new(
        "BP1521", ExitCode.BadConfiguration, "The output `training_job` has no role, so the plan is not applied.",
        "Apply the plan first.");

    public static readonly ErrorCode NotStopped = new(
        "BP1522", ExitCode.StillRunning, "The job did not stop in time.",
        "Run it again.");

    public static readonly ErrorCode ForeignJob = new(
        "BP1523", ExitCode.BadConfiguration, "A job of this name exists and does not belong to this run. Nothing was submitted.",
        "Start a new run.");

    public static readonly ErrorCode JobDeleted = new(
        "BP1524", ExitCode.Failed, "The job no longer exists.",
        "Start a new run.");

    public static readonly ErrorCode NoContact = new(
        "BP1525", ExitCode.StillRunning, "There was no response from SageMaker for too long. The job may still be running.",
        "Run it again to follow the job. Do not start another.");

    public static readonly ErrorCode UnknownSubmission = new(
        "BP1526", ExitCode.StillRunning, "It is unknown whether the job was submitted.",
        "Run it again: it looks for the job first and never submits it twice.");

    public static readonly ErrorCode NotDescribed = new(
        "BP1527", ExitCode.Failed, "SageMaker reports that the job exists, but cannot describe it.",
        "Run it again in a minute.");

    public static readonly ErrorCode StillRunning = new(
        "BP1528", ExitCode.StillRunning, "The job is still running and is no longer watched.",
        "Follow or stop it with the commands that the message shows.");

    public static readonly ErrorCode NoTrainingJob = new(
        "BP1529", ExitCode.BadConfiguration, "The run has no training job.",
        "Launch it first.");

    public static readonly ErrorCode EndNotRecorded = new(
        "BP1530", ExitCode.StillRunning, "The end of the job is not recorded yet.",
        "Follow it with the command that the message shows.");

    public static readonly ErrorCode JobFailed = new(
        "BP1531", ExitCode.Failed, "The training program failed.",
        "Read the last log lines in the receipt, or the whole log with the target Logs. If a channel is not what was approved, find out who wrote to the bucket.");

    public static readonly ErrorCode NoCapacity = new(
        "BP1532", ExitCode.NoCapacity, "AWS had no capacity for the job.",
        "Try another time, zone or instance type, or [add fallbacks](../how-to/add-fallbacks.md).");

    public static readonly ErrorCode OverQuota = new(
        "BP1533", ExitCode.NoCapacity, "The job exceeds a service quota together with the running jobs.",
        "Request an increase in Service Quotas, or wait until other jobs end.");

    public static readonly ErrorCode OverRuntime = new(
        "BP1534", ExitCode.StoppedShort, "The job hit its maximum runtime. The checkpoints are kept.",
        "Raise `max_runtime_seconds`, and approve the higher ceiling.");

    public static readonly ErrorCode OverWait = new(
        "BP1535", ExitCode.StoppedShort, "The job hit its maximum waiting time after it had started. The checkpoints are kept.",
        "Raise `max_wait_seconds`, try another zone or type, or use on-demand.");

    public static readonly ErrorCode Stopped = new(
        "BP1536", ExitCode.StoppedShort, "The job was stopped by somebody: with the target Stop, in the console or through the API.",
        "Start a new run.");

    public static readonly ErrorCode Moved = new(
        "BP1537", ExitCode.StoppedShort, "The job was stopped to move to another market, and its successor did not run.",
        "Launch the run again.");

    public static readonly ErrorCode OptionsExhausted = new(
        "BP1538", ExitCode.NoCapacity, "No node option got its capacity. The message has the reason for each.",
        "Try again later, or add fallbacks.");

    public static readonly ErrorCode NotRecorded = new(
        "BP1539", ExitCode.StillRunning, "What SageMaker reported about the job could not be recorded in the log of the run.",
        "Check the network and the access to the state bucket. Launch again.");

    public static readonly ErrorCode SecretUnavailable = new(
        "BP1540", ExitCode.Failed, "A node could not read a secret of `secret_environment`: it does not exist, is empty, or the role may not read it.",
        "Create it under the name that the message shows, in the job's region, or correct the variable. See [Use secrets](../how-to/use-secrets.md).");

    public static readonly ErrorCode NotAdoptable = new(
        "BP1541", ExitCode.BadConfiguration, "The job cannot be adopted: it does not exist, it belongs to a run or another environment, or `infra/` did not submit it.",
        "Use the command that the message shows, or correct `--adopt`.");

    public static readonly ErrorCode NotAllStopped = new(
        "BP1542", ExitCode.Failed, "A training job of the environment may still be running: it could not be stopped, or not be found.",
        "Correct what the message names, and run it again: it asks those that are left.");

    public static readonly ErrorCode NeverStarted = new(
        "BP1543", ExitCode.NoCapacity, "The job hit its maximum waiting time before it got any spot capacity. Nothing ran.",
        "Try another time, zone or instance type, [add fallbacks](../how-to/add-fallbacks.md), or use on-demand.");
}
