using System.Text.Encodings.Web;
using System.Text.Json;
using Spectre.Console;

namespace BuildPipeline.Terminal;

/// <summary>Standard output of a target that prints a document: nothing else is written there.</summary>
/// <param name="output">Standard output.</param>
public sealed class DocumentOutput(IAnsiConsole output)
{
    // Only ASCII goes out, so no text of a run can steer a terminal.
    private static readonly JsonSerializerOptions Ascii = new(RunJson.Indented) { Encoder = JavaScriptEncoder.Default };

    /// <summary>Writes the document, as JSON.</summary>
    public void Write<T>(T document) => output.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(document, Ascii));
}
