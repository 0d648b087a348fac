namespace BuildPipeline.Uploads;

/// <summary>Errors of the program and the data.</summary>
public static class UploadErrors
{
    public static readonly ErrorCode NoBucket = new(
        "BP1551", ExitCode.BadConfiguration, "The bucket of the data does not exist.",
        "Correct the variable that the message names.");

    public static readonly ErrorCode OtherRegion = new(
        "BP1552", ExitCode.BadConfiguration, "The bucket of the data is in another region than the job.",
        "Copy the data to a bucket in the job's region.");

    public static readonly ErrorCode UnusableKey = new(
        "BP1553", ExitCode.BadConfiguration, "An object cannot become a file on the nodes.",
        "Rename the object.");

    public static readonly ErrorCode NoData = new(
        "BP1554", ExitCode.BadConfiguration, "There are no files under the prefix. A folder marker of the S3 console is not a file, and `s3://b/patients` means `patients/`.",
        "Correct the variable that the message names.");

    public static readonly ErrorCode InvalidDataUri = new(
        "BP1555", ExitCode.BadConfiguration, "The address of the data is neither `s3://BUCKET/PREFIX` nor a folder of the repository.",
        "Correct the variable that the message names.");

    public static readonly ErrorCode DataOutside = new(
        "BP1556", ExitCode.BadConfiguration, "The data are outside the repository, or reached through a symbolic link.",
        "Put the data into S3, or use a plain folder of the repository.");

    public static readonly ErrorCode UnusableFolder = new(
        "BP1557", ExitCode.BadConfiguration, "A folder to upload does not exist or is not a plain folder.",
        "Use a plain folder.");

    public static readonly ErrorCode UnusableFile = new(
        "BP1558", ExitCode.BadConfiguration, "A folder has an entry that cannot be uploaded: a link, a pipe, a socket, an unreadable file, a name that is not UTF-8.",
        "Remove what the message names.");

    public static readonly ErrorCode EmptyFolder = new(
        "BP1559", ExitCode.BadConfiguration, "A folder to upload has no files.",
        "Add files, or name another folder.");

    public static readonly ErrorCode ProgramTooLarge = new(
        "BP1560", ExitCode.BadConfiguration, "The training program is too large.",
        "Keep data out of `training/`.");

    public static readonly ErrorCode FileTooLarge = new(
        "BP1561", ExitCode.BadConfiguration, "A file is larger than 5 TiB, the most that an object of S3 has.",
        "Split it.");

    public static readonly ErrorCode ForeignObject = new(
        "BP1562", ExitCode.NotApproved, "The folder in S3 has an object that the pipeline did not upload.",
        "Find out who put it there, delete it, and launch again.");

    public static readonly ErrorCode ChangedFile = new(
        "BP1563", ExitCode.NotApproved, "A file changed after the run was approved, so S3 rejected it.",
        "Start a new run.");

    public static readonly ErrorCode ChangedUpload = new(
        "BP1564", ExitCode.NotApproved, "An uploaded object was added, removed or replaced.",
        "Find out who changed it, and start a new run.");
}
