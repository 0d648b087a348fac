namespace BuildPipeline.Policies;

/// <summary>Errors of an organisation's own rules.</summary>
public static class PolicyErrors
{
    public static readonly ErrorCode Denied = new(
        "BP1271", ExitCode.Refused, "A rule of `--policy-command` has a finding of severity `deny`.",
        "Change what the finding names, or ask the owner of the rule.");

    public static readonly ErrorCode Failed = new(
        "BP1272", ExitCode.Refused, "`--policy-command` ended with an exit code other than 0.",
        "Correct the command. A finding that refuses a run has severity `deny` and exit code 0.");

    public static readonly ErrorCode InvalidOutput = new(
        "BP1273", ExitCode.Refused, "`--policy-command` did not print a JSON list of findings.",
        "Correct the command. See [Rules of your own](policies.md); no findings are `[]`.");

    public static readonly ErrorCode TooMuchOutput = new(
        "BP1274", ExitCode.Refused, "`--policy-command` printed more than 1 MiB.",
        "Print only the findings; messages for people go to standard error.");

    public static readonly ErrorCode TimeLimit = new(
        "BP1275", ExitCode.Refused, "`--policy-command` did not end within 2 minutes.",
        "Make it faster. Processes that it leaves behind must close standard output.");

    public static readonly ErrorCode NotStarted = new(
        "BP1276", ExitCode.Refused, "`--policy-command` could not be started.",
        "Check that the program is on the PATH, or give its path relative to the repository root. A script has to be executable.");

    public static readonly ErrorCode InvalidCommand = new(
        "BP1277", ExitCode.BadConfiguration, "The variable `policy_command` is no command, or `--policy-command` would replace it.",
        "Correct the variable in the environment's variable file, or omit the option.");
}
