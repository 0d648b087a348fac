namespace BuildPipeline;

/// <summary>
/// How an account says in the StatusMessage of a training job what the job asked for and runs without; compiled into the program that
/// writes it and the one that reads it. AWS enforces what it accepts, so only the sandbox writes it.
/// </summary>
/// <param name="Member">The request's member, for example <c>EnableNetworkIsolation</c>.</param>
/// <param name="Reason">Why, as a clause.</param>
internal sealed record NotEnforced(string Member, string Reason)
{
    private const string Start = "[sandbox: ";
    private const string Verb = " is not enforced: ";
    private const char End = ']';

    /// <summary>A status message with the mark at its end.</summary>
    public string AppendTo(string message) => $"{message} {Start}{Member}{Verb}{Reason}{End}";

    /// <summary>The mark of a status message; null if it has none.</summary>
    public static NotEnforced? Find(string? message) =>
        message?.Split(Start) is [_, .., var mark] && mark.EndsWith(End) && mark[..^1].Split(Verb, 2) is [var member, var reason]
            ? new(member, reason)
            : null;
}
