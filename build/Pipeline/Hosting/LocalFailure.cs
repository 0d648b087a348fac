using System.Text.Json;

namespace BuildPipeline.Hosting;

/// <summary>Turns a failure of this machine (files, folders, programs) into one sentence and the documented exit code.</summary>
public static class LocalFailure
{
    // ENOSPC, EDQUOT and ERROR_DISK_FULL; the runtime keeps the system's own number.
    private static readonly int[] DiskFull = [28, 122, unchecked((int)0x80070070)];

    /// <summary>The failure; null if it is not one of this machine.</summary>
    public static PipelineException? Describe(Exception exception) => exception switch
    {
        FileNotFoundException { FileName: { } file } => new(
            HostingErrors.FileMissing, $"The file {file} is missing. Restore it, or start a new run.", exception),
        DirectoryNotFoundException => new(HostingErrors.FolderMissing, $"A folder is missing: {Sentence(exception)} Create it, or choose another.", exception),
        UnauthorizedAccessException => new(
            HostingErrors.AccessDenied, $"Access to a file was denied: {Sentence(exception)} Grant access, or choose another folder (--artifacts, --sandbox-state).", exception),
        IOException when DiskFull.Contains(exception.HResult) => new(
            HostingErrors.DiskFull, $"The disk is full: {Sentence(exception)} Free some space, or choose another folder (--artifacts, --sandbox-state), and run this again.", exception),
        IOException => new(HostingErrors.FileError, $"A file cannot be read or written: {Sentence(exception)}", exception),
        JsonException => new(HostingErrors.InvalidJson, $"A file or an answer is not valid JSON: {Sentence(exception)}", exception),
        System.ComponentModel.Win32Exception => new(HostingErrors.ProgramMissing, $"A program cannot be started: {Sentence(exception)} Install it, or put it on the PATH.", exception),
        _ => null,
    };

    private static string Sentence(Exception exception) => exception.Message.ReplaceLineEndings(" ").Trim().TrimEnd('.') + ".";
}
