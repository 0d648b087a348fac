using System.Text;
using Spectre.Console;

namespace BuildPipeline.Pipeline.Tests.Tasks;

/// <summary>The output of a terminal at which somebody sits.</summary>
/// <param name="onWrite">Gets what is written, as it is written.</param>
internal sealed class TerminalOutput(Action<string>? onWrite = null) : StringWriter, IAnsiConsoleOutput
{
    public TextWriter Writer => this;

    public bool IsTerminal => true;

    public int Width { get; init; } = 200;

    public int Height => 50;

    public void SetEncoding(Encoding encoding)
    {
    }

    public override void Write(string? value)
    {
        base.Write(value);
        onWrite?.Invoke(value ?? "");
    }
}
