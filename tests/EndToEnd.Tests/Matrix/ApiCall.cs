using System.Text.RegularExpressions;

namespace BuildPipeline.EndToEnd.Tests.Matrix;

/// <summary>A kind of call that a full run makes: an operation of a service and, of S3, what the object is.</summary>
public sealed partial record ApiCall(string Service, string Operation, string? Key)
{
    /// <summary>The kinds of calls among requests, in the order of their first.</summary>
    public static IReadOnlyList<ApiCall> Of(IEnumerable<SandboxRequest> requests) =>
    [
        .. requests.Where(request => request.Service != "terraform" && request.Key?.StartsWith(KillPoint.TerraformState, StringComparison.Ordinal) != true)
            .Select(request => new ApiCall(request.Service, request.Operation, KillPoint.Pattern(request.Key) is { } key ? Alike().Replace(key, "*") : null))
            .Distinct(),
    ];

    /// <summary>A fault of this kind of call.</summary>
    public object Fault(string kind, int count) => new { service = Service, operation = Operation, key = Key, kind, count };

    /// <inheritdoc/>
    public override string ToString() => $"{Service} {Operation} {Key}".TrimEnd();

    // Events and checkpoints are numbered, and of a folder any file stands for all.
    [GeneratedRegex("(?<=/events/).*|(?<=^(data|bundles)/\\*/).*|(?<=/step-)[0-9]+")]
    private static partial Regex Alike();
}
