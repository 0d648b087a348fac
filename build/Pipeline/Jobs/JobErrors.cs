namespace BuildPipeline.Jobs;

/// <summary>Errors of the job's description.</summary>
public static class JobErrors
{
    public static readonly ErrorCode NameTooLong = new(
        "BP1501", ExitCode.BadConfiguration, "The name of the job is too long.",
        "Shorten `name_prefix`.");

    public static readonly ErrorCode AgainstRules = new(
        "BP1502", ExitCode.BadConfiguration, "AWS would refuse the job. Each clause of the message names the variable.",
        "Correct each variable.");

    public static readonly ErrorCode UnusableImage = new(
        "BP1503", ExitCode.BadConfiguration, "The training image cannot be used.",
        "Correct `training_image_uri`. For `sandbox/pytorch`, [install PyTorch](../how-to/bring-your-own-image.md#in-the-sandbox).");
}
