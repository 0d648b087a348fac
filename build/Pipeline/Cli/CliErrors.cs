namespace BuildPipeline.Cli;

/// <summary>Errors of the command line.</summary>
public static class CliErrors
{
    public static readonly ErrorCode UnexpectedArgument = Error("BP1001", "An argument is not an option.", "Start every option with `--`.");

    public static readonly ErrorCode UnknownOption = Error("BP1002", "There is no option of this name.", "Use the name that the message suggests, or see `--help`.");

    public static readonly ErrorCode UnknownTarget = Error("BP1003", "There is no target of this name.", "Use the name that the message suggests, or see `--help`.");

    public static readonly ErrorCode MissingValue = Error("BP1004", "An option was given without its value.", "Write `--NAME=VALUE`.");

    public static readonly ErrorCode UnwantedValue = Error("BP1005", "An option that is a switch was given a value.", "Omit the value.");

    public static readonly ErrorCode RepeatedOption = Error("BP1006", "An option that takes one value was given more than once.", "Give it once. Only `--var` and `--var-file` may be repeated, and `--run` for Compare.");

    public static readonly ErrorCode InvalidValue = Error("BP1007", "The value of an option does not have the form that the option needs.", "The message gives the form. See [Options](command-line.md#options).");

    public static readonly ErrorCode FolderExpected = Error("BP1008", "An option that names a folder names a file.", "Give a folder. It is created if it does not exist.");

    public static readonly ErrorCode VariableFileMissing = Error("BP1009", "The file of `--var-file` does not exist.", "Give the path of an existing file, relative to the repository root.");

    private static ErrorCode Error(string id, string meaning, string remedy) => new(id, ExitCode.BadConfiguration, meaning, remedy);
}
