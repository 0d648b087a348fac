using BuildPipeline.Terminal;
using Spectre.Console;

namespace BuildPipeline.Tasks;

/// <summary>Sentences that the person who follows a run has not been told yet. Several threads may use it.</summary>
internal sealed class UntoldWarnings
{
    private readonly List<string> _sentences = [];

    public void Add(params IEnumerable<string> sentences)
    {
        lock (_sentences)
        {
            _sentences.AddRange(sentences);
        }
    }

    /// <summary>Takes them, to be told now.</summary>
    public IReadOnlyList<string> Take()
    {
        lock (_sentences)
        {
            List<string> taken = [.. _sentences];
            _sentences.Clear();
            return taken;
        }
    }

    /// <summary>Tells them.</summary>
    public void Show(IAnsiConsole console)
    {
        foreach (var sentence in Take())
        {
            console.Warn(sentence);
        }
    }
}
