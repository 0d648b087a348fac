using Cake.Core;
using Cake.Core.IO;

namespace BuildPipeline.Terraform;

/// <summary>The argument lists of terraform, in one place.</summary>
/// <remarks>
/// Cake.Terraform 0.15.0 puts the flags of <c>apply PLANFILE</c> after the file, splits paths with spaces and lacks <c>-json</c>, lock
/// options and several variable files, so each call replaces what the runner would emit (docs/decisions/0003-terraform-arguments.md).
/// </remarks>
internal static class TerraformArguments
{
    // Waits for a lock that another run gives back shortly.
    private const string LockTimeout = "-lock-timeout=10s";

    public static Func<ProcessArgumentBuilder, ProcessArgumentBuilder> Init(string backendFile) =>
        Replace("init", "-input=false", "-no-color", "-reconfigure", $"-backend-config={backendFile}");

    public static Func<ProcessArgumentBuilder, ProcessArgumentBuilder> Validate() => Replace("validate", "-no-color");

    public static Func<ProcessArgumentBuilder, ProcessArgumentBuilder> Plan(string planFile, IEnumerable<string> variables, IEnumerable<string> addresses, bool locksState) =>
        Replace(["plan", "-input=false", "-no-color", "-detailed-exitcode", locksState ? LockTimeout : "-lock=false", $"-out={planFile}", .. variables, .. Targets(addresses)]);

    public static Func<ProcessArgumentBuilder, ProcessArgumentBuilder> ShowJson(string? planFile) =>
        Replace(["show", "-json", "-no-color", .. planFile is null ? [] : new[] { planFile }]);

    public static Func<ProcessArgumentBuilder, ProcessArgumentBuilder> Apply(string planFile) =>
        Replace("apply", "-input=false", "-no-color", LockTimeout, planFile);

    public static Func<ProcessArgumentBuilder, ProcessArgumentBuilder> OutputJson() => Replace("output", "-json", "-no-color");

    public static Func<ProcessArgumentBuilder, ProcessArgumentBuilder> PlanDestroy(string planFile, IEnumerable<string> variables, IEnumerable<string> addresses) =>
        Replace(["plan", "-destroy", "-input=false", "-no-color", "-detailed-exitcode", LockTimeout, $"-out={planFile}", .. variables, .. Targets(addresses)]);

    /// <summary>A command that Cake.Terraform has no runner for.</summary>
    public static Func<ProcessArgumentBuilder, ProcessArgumentBuilder> Other(params string[] arguments) => Replace(arguments);

    private static IEnumerable<string> Targets(IEnumerable<string> addresses) => addresses.Select(address => $"-target={address}");

    private static Func<ProcessArgumentBuilder, ProcessArgumentBuilder> Replace(params string[] arguments) => _ =>
    {
        var builder = new ProcessArgumentBuilder();
        foreach (var argument in arguments)
        {
            builder.AppendQuoted(argument);
        }

        return builder;
    };
}
