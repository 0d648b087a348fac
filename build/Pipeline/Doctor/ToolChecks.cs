using System.Text.RegularExpressions;

namespace BuildPipeline.Doctor;

/// <summary>Judges the programs that the pipeline starts.</summary>
public static partial class ToolChecks
{
    /// <summary>A program that a run needs.</summary>
    /// <param name="name">Name of the program.</param>
    /// <param name="printed">What it prints as its version; null if it does not run.</param>
    public static Check Needed(string name, string? printed) => printed is null
        ? Check.Failed(name, DoctorErrors.ToolMissing, $"{name} does not run. Install it, or put it on the PATH.")
        : Check.Good(name, VersionIn(printed)?.ToString() ?? printed);

    /// <summary>Git, without which a run only lacks its commit.</summary>
    public static Check Git(string? printed) => printed is null
        ? Check.Warning("git", "git does not run, so runs do not record the commit. Install it, or put it on the PATH.")
        : Check.Good("git", VersionIn(printed)?.ToString() ?? printed);

    /// <summary>Terraform.</summary>
    /// <param name="printed">What it prints as its version; null if it does not run.</param>
    /// <param name="minimum">The earliest version that works.</param>
    public static Check Terraform(string? printed, Version minimum) => printed is null ? Needed("terraform", null)
        : VersionIn(printed) is { } version && version < minimum
            ? Check.Failed("terraform", DoctorErrors.ToolTooOld, $"Terraform is {version}; {minimum} or later is needed. Install it, or remove this one from the PATH.")
        : Needed("terraform", printed);

    /// <summary>The earliest version of terraform, from <c>build/tools.properties</c>.</summary>
    public static Version MinimumTerraform(string properties) => Version.Parse(MinimumPattern().Match(properties).Groups[1].Value);

    private static Version? VersionIn(string printed) =>
        VersionPattern().Match(printed) is { Success: true } match ? Version.Parse(match.Value) : null;

    [GeneratedRegex("(?m)^terraform_minimum=([0-9.]+)")]
    private static partial Regex MinimumPattern();

    [GeneratedRegex(@"[0-9]+\.[0-9]+(\.[0-9]+)?")]
    private static partial Regex VersionPattern();
}
