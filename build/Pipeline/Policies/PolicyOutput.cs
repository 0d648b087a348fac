using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using BuildPipeline.Secrets;

namespace BuildPipeline.Policies;

/// <summary>Reads what a policy command prints: <c>[{"id": "...", "owner": "...", "severity": "info", "message": "..."}]</c>.</summary>
public static partial class PolicyOutput
{
    /// <summary>The most findings of one check.</summary>
    public const int MostFindings = 100;

    private const int LongestOwner = 100;
    private const int LongestMessage = 1000;

    // A misspelt or repeated member must not pass for a finding that weighs less.
    private static readonly JsonSerializerOptions Strict = new(RunJson.Compact)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        AllowDuplicateProperties = false,
    };

    /// <summary>The findings.</summary>
    /// <param name="command">The command, for messages.</param>
    /// <param name="printed">Its standard output.</param>
    /// <exception cref="PipelineException">It is not a list of findings (exit code 3).</exception>
    public static IReadOnlyList<PolicyFinding> Read(string command, ReadOnlySpan<byte> printed)
    {
        IReadOnlyList<PolicyFinding> findings;
        try
        {
            findings = JsonSerializer.Deserialize<IReadOnlyList<PolicyFinding>>(printed, Strict) ?? throw new JsonException("null is not a list.");
        }
        catch (JsonException exception)
        {
            throw Invalid(command, exception.Message);
        }

        return findings.Count > MostFindings
            ? throw Invalid(command, FormattableString.Invariant($"it has {findings.Count} findings, and at most {MostFindings} are read."))
            : [.. findings.Select((finding, index) => Checked(command, finding, index + 1))];
    }

    private static PolicyFinding Checked(string command, PolicyFinding? finding, int number) =>
        finding is null ? throw Invalid(command, FormattableString.Invariant($"finding {number} is null."))
        : !IdPattern().IsMatch(finding.Id) ? throw Invalid(command, FormattableString.Invariant($"the id of finding {number} must have up to 100 letters, digits and . _ : / -, and start with a letter or digit."))
        : finding.Owner.Length is 0 or > LongestOwner || finding.Owner.EnumerateRunes().Any(InertText.IsHidden) ? throw Invalid(command, FormattableString.Invariant($"the owner of finding {number} must have 1 to {LongestOwner} visible characters."))
        : !Enum.IsDefined(finding.Severity) ? throw Invalid(command, FormattableString.Invariant($"the severity of finding {number} must be info, warning or deny."))
        : finding.Message.Length > LongestMessage ? throw Invalid(command, FormattableString.Invariant($"the message of finding {number} has more than {LongestMessage} characters."))
        : finding with { Message = SecretScan.CutSecret(finding.Message) };

    private static PipelineException Invalid(string command, string why) => new(
        PolicyErrors.InvalidOutput, $"{command} did not print a JSON list of findings, so the run is refused: {why} Expected, for example: [{{\"id\": \"cost.too-large\", \"owner\": \"platform\", \"severity\": \"warning\", \"message\": \"...\"}}]");

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}\z")]
    private static partial Regex IdPattern();
}
