using System.Globalization;
using System.Text.RegularExpressions;

namespace BuildPipeline.Approvals.Comments;

/// <summary>What a command asks for.</summary>
public enum CommandKind
{
    /// <summary>Approves a digest.</summary>
    Approve,

    /// <summary>Stops a run.</summary>
    Stop,

    /// <summary>Asks how a run is.</summary>
    Status,
}

/// <summary>A command in a comment: its first line.</summary>
/// <param name="Kind">What it asks for.</param>
/// <param name="Subject">The digest, or the start of it, in lower case; or the run. Null for the status of the open run.</param>
/// <param name="Amount">The amount that is approved, dollars; null if it names none.</param>
public sealed partial record CommentCommand(CommandKind Kind, string? Subject, Usd? Amount = null)
{
    /// <summary>So many digits of a digest nobody can hit with another plan.</summary>
    public const int ShortestDigest = 16;

    /// <summary>Reads a comment; null if it is no command.</summary>
    /// <exception cref="PipelineException">It is a command in a form that is not known (exit code 4).</exception>
    public static CommentCommand? Parse(string body)
    {
        var line = body.TrimStart().Split('\n', 2)[0].TrimEnd();
        return Name().Match(line) switch
        {
            { Success: false } => null,
            { Value: "/approve" } => Approve(line),
            { Value: "/stop" } => Of(CommandKind.Stop, StopLine().Match(line), line),
            _ => Of(CommandKind.Status, StatusLine().Match(line), line),
        };
    }

    /// <summary>The command that approves a digest, as a person copies it.</summary>
    public static string ToApprove(string digest, Usd amount) => string.Create(CultureInfo.InvariantCulture, $"/approve {digest} {amount.Amount:0.00}");

    /// <summary>True if it approves that digest.</summary>
    public bool Approves(string digest) => Kind == CommandKind.Approve && digest.StartsWith(Subject!, StringComparison.Ordinal);

    private static CommentCommand Approve(string line)
    {
        var match = ApproveLine().Match(line);
        var amount = match.Groups["amount"];
        return Of(CommandKind.Approve, match, line) with
        {
            Subject = match.Groups["subject"].Value.ToLowerInvariant(),
            Amount = amount.Success ? new Usd(decimal.Parse(amount.Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture)) : null,
        };
    }

    private static CommentCommand Of(CommandKind kind, Match match, string line) => match.Success
        ? new(kind, match.Groups["subject"] is { Success: true } subject ? subject.Value : null)
        : throw new PipelineException(CommentErrors.Malformed, $"'{line}' is not a command. {CommentErrors.Malformed.Remedy}");

    [GeneratedRegex(@"^/(approve|stop|status)(?=\s|$)")]
    private static partial Regex Name();

    [GeneratedRegex(@"^/approve\s+(?<subject>[0-9A-Fa-f]{16,64})(\s+\$?(?<amount>[0-9]{1,9}(\.[0-9]{1,2})?))?$", RegexOptions.ExplicitCapture)]
    private static partial Regex ApproveLine();

    [GeneratedRegex(@"^/stop\s+(?<subject>[0-9]{8}-[0-9]{6}-[0-9a-f]{4})$", RegexOptions.ExplicitCapture)]
    private static partial Regex StopLine();

    [GeneratedRegex(@"^/status(\s+(?<subject>[0-9]{8}-[0-9]{6}-[0-9a-f]{4}))?$", RegexOptions.ExplicitCapture)]
    private static partial Regex StatusLine();
}
