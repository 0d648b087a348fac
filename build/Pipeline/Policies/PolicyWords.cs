using System.Text;
using BuildPipeline.Secrets;

namespace BuildPipeline.Policies;

/// <summary>Splits a command into program and arguments. No shell reads it, so nothing in it is expanded, redirected or run besides.</summary>
public static class PolicyWords
{
    /// <summary>What is wrong with a command, as the rest of a sentence; null if it can be recorded and run.</summary>
    public static string? ProblemOf(string command) =>
        SecretScan.Find([SecretScan.Variable("command", command)]).Count > 0 ? "looks as if it holds a secret, and the command is recorded and shown. Its program gets no secrets from the pipeline, and has to find its own."
        : Split(command) is null || command.EnumerateRunes().Any(InertText.IsHidden) ? $"must be a program and its arguments on one line, separated by spaces, with each quote closed: {command}"
        : null;

    /// <summary>The words: separated by spaces; what stands in '…' or "…" is taken as it is and may be empty.</summary>
    /// <returns>Null if there is no word or a quote is not closed.</returns>
    public static IReadOnlyList<string>? Split(string command)
    {
        var words = new List<string>();
        var (word, hasWord, quote) = (new StringBuilder(), false, '\0');
        foreach (var next in command)
        {
            switch (next)
            {
                case '\'' or '"' when quote == '\0':
                    (quote, hasWord) = (next, true);
                    break;
                case var _ when next == quote:
                    quote = '\0';
                    break;
                case ' ' when quote == '\0':
                    End();
                    break;
                default:
                    word.Append(next);
                    hasWord = true;
                    break;
            }
        }

        End();
        return quote == '\0' && words is [{ Length: > 0 }, ..] ? words : null;

        void End()
        {
            if (hasWord)
            {
                words.Add(word.ToString());
            }

            (hasWord, _) = (false, word.Clear());
        }
    }
}
