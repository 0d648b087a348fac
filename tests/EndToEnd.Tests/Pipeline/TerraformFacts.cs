namespace BuildPipeline.EndToEnd.Tests.Pipeline;

/// <summary>A test that runs the pipeline with the stock terraform, and says so where there is none.</summary>
public sealed class TerraformFactAttribute : FactAttribute
{
    /// <param name="needsBash">True if the test runs lines of a Linux shell.</param>
    public TerraformFactAttribute(bool needsBash = false) => Skip = Terraform.WhyAbsent
        ?? (needsBash && OperatingSystem.IsWindows() ? "there is no bash, so a workflow's lines were not run" : null);
}

/// <summary>As <see cref="TerraformFactAttribute"/>, with data.</summary>
public sealed class TerraformTheoryAttribute : TheoryAttribute
{
    public TerraformTheoryAttribute() => Skip = Terraform.WhyAbsent;
}

/// <summary>A test that runs the training program in the sandbox, and says so where PyTorch is missing.</summary>
public sealed class TorchFactAttribute : FactAttribute
{
    public TorchFactAttribute() => Skip = Terraform.WhyAbsent ?? PyTorch.WhyAbsent;
}

internal static class PyTorch
{
    /// <summary>Null if the sandbox can run the training program.</summary>
    public static string? WhyAbsent { get; } =
        OperatingSystem.IsWindows() ? "there is no bash, so the training program was not run in the sandbox"
        : MachinePython.WithTorch.Find() is null ? $"{MachinePython.WhyNoTorch}, so the training program was not run in the sandbox"
        : null;
}

internal static class Terraform
{
    /// <summary>Null if terraform is on the PATH.</summary>
    public static string? WhyAbsent { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, OperatingSystem.IsWindows() ? "terraform.exe" : "terraform")))
            ? null
            : "terraform is not installed, so the pipeline was not run from end to end";
}
