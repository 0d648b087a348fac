using System.Text;

namespace BuildPipeline.Policies;

/// <summary>Splits a command into program and arguments. No shell reads it, so nothing in it is expanded, redirected or run besides.</summary>
public static class PolicyWords
{
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
