using System.Text.RegularExpressions;

namespace BuildPipeline.EndToEnd.Tests.Matrix;

/// <summary>A moment of a run at which its driver is killed: before or after the effect of a request, or after a time.</summary>
/// <param name="Name">For the table.</param>
/// <param name="Fault">The fault that holds the driver there; null for a time.</param>
/// <param name="After">The time; null for a request.</param>
public sealed partial record KillPoint(string Name, object? Fault, TimeSpan? After = null)
{
    // Of the requests of a run only these change nothing.
    private static readonly string[] Readings = ["Get", "List", "Describe", "Head", "Filter"];

    /// <summary>What terraform itself asks of S3; it ends in order, whatever happens to the pipeline.</summary>
    public const string TerraformState = "infra/terraform.tfstate";

    /// <summary>The two moments around each effect of a run, in their order.</summary>
    public static IReadOnlyList<KillPoint> Around(IEnumerable<SandboxRequest> requests) =>
    [
        .. requests.Where(IsEffect).GroupBy(request => (request.Service, request.Operation, Key: Pattern(request.Key)))
            .SelectMany(alike => alike.Select((request, index) => (Request: request, alike.Key.Key, Index: index)))
            .OrderBy(effect => effect.Request.Number)
            .SelectMany(effect => new[] { Of(effect.Request, effect.Key, effect.Index, "timeout", "before"), Of(effect.Request, effect.Key, effect.Index, "hold_response", "after") }),
    ];

    private static KillPoint Of(SandboxRequest request, string? key, int index, string kind, string when) => new(
        $"{when} {request.Service} {request.Operation} {key}{(index > 0 ? $" ({index + 1})" : "")}",
        new { service = request.Service, operation = request.Operation, key, after = index, kind });

    private static bool IsEffect(SandboxRequest request) =>
        !Readings.Any(start => request.Operation.StartsWith(start, StringComparison.Ordinal))
        && !ReadingOfMlflow().IsMatch(request.Operation)
        && request.Service != "terraform"
        && request.Key?.StartsWith(TerraformState, StringComparison.Ordinal) != true;

    /// <summary>The key of an object with what differs from run to run left open; null where a request is for none.</summary>
    public static string? Pattern(string? key) => key is null ? null : Identifier().Replace(key, "*");

    [GeneratedRegex("[0-9]{8}-[0-9]{6}-[0-9a-f]{4}|[0-9a-f]{12,}|step-[0-9]{8,}\\.[0-9]{8}T[0-9]{6}Z")]
    private static partial Regex Identifier();

    [GeneratedRegex("/(get|search)")]
    private static partial Regex ReadingOfMlflow();
}
