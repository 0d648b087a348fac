namespace BuildPipeline.Pipeline.Tests.Reporting;

/// <summary>The errors of build.sh and build.ps1, for the page: the scripts themselves have only ids and messages.</summary>
internal static class ScriptErrors
{
    public static IReadOnlyList<ErrorCode> All { get; } =
    [
        new("BP9001", ExitCode.BadConfiguration, "The path of the checkout has a character that MSBuild or PATH reads as syntax.", "Move the checkout to a path without it."),
        new("BP9002", ExitCode.BadConfiguration, "A folder that dotnet, NuGet or terraform needs cannot be written.", "Set the variable that the message names to a folder that can be written."),
        new("BP9003", ExitCode.BadConfiguration, "There is no .NET SDK that satisfies `global.json`, and none could be installed.", "Check the network, or install the SDK."),
        new("BP9004", ExitCode.BadConfiguration, "The .NET SDK in `.tools/dotnet` does not run on this machine.", "Read the reason. Often a library is missing."),
        new("BP9005", ExitCode.BadConfiguration, "The downloaded terraform does not have its published SHA-256. It was deleted.", "Run it again, or install Terraform yourself."),
        new("BP9006", ExitCode.Failed, "The package feed did not answer in time.", "Check the network and `dotnet nuget list source`, and run it again."),
        new("BP9007", ExitCode.Failed, "The build failed.", "Read the errors above the message. `--packages=bundled` builds without the published packages."),
        new("BP9008", ExitCode.Failed, "Another build in this folder did not end in time.", "Wait for it, or end it."),
        new("BP9009", ExitCode.BadConfiguration, "`--packages` is neither `published` nor `bundled`.", "Give one of the two, or omit the option."),
        new("BP9010", ExitCode.BadConfiguration, "The checkout cannot be written, and its build is missing or older than its sources.", "Build it as a user who can write it, or use a copy."),
        new("BP9011", ExitCode.BadConfiguration, "This version of PowerShell is not supported.", "Use Windows PowerShell 5.1, or PowerShell 7.3 or later."),
    ];
}
