using System.Text.Json;
using System.Text.RegularExpressions;

namespace BuildPipeline.Terraform;

/// <summary>Where the root module itself says that its state is.</summary>
/// <param name="File">Name of the file.</param>
/// <param name="Kind">Type of the backend, for example <c>s3</c>, or <c>cloud</c>.</param>
internal sealed partial record BackendBlock(string File, string Kind)
{
    private const string Cloud = "cloud";

    /// <summary>Finds the block; null if the module has none.</summary>
    /// <param name="moduleFolder">Absolute path of the root module.</param>
    public static BackendBlock? Find(string moduleFolder) =>
        Directory.EnumerateFiles(moduleFolder, "*.tf").Select(file => Read(file, KindInHcl(System.IO.File.ReadAllText(file))))
            .Concat(Directory.EnumerateFiles(moduleFolder, "*.tf.json").Select(file => Read(file, KindInJson(System.IO.File.ReadAllText(file)))))
            .OfType<BackendBlock>().FirstOrDefault();

    /// <summary>Refuses a block that keeps the state elsewhere than in S3, where the pipeline has its lock and its runs.</summary>
    /// <exception cref="PipelineException">There is one (exit code 2).</exception>
    public static void RequireS3(string moduleFolder)
    {
        if (Find(moduleFolder) is { Kind: not "s3" } other)
        {
            var block = other.Kind == Cloud ? "cloud block" : $"backend \"{other.Kind}\"";
            throw new PipelineException(
                TerraformErrors.OtherBackend, $"infra/{other.File} has a {block}. The pipeline keeps its state in S3: remove the block, or replace it with backend \"s3\" {{}}.");
        }
    }

    private static BackendBlock? Read(string file, string? kind) => kind is null ? null : new(Path.GetFileName(file), kind);

    private static string? KindInHcl(string text)
    {
        var path = new Stack<string>();
        var header = "";
        foreach (var token in TokenPattern().Matches(text).Select(match => match.Value))
        {
            switch (token)
            {
                case "{":
                    path.Push(header.Trim());
                    header = "";
                    if (path.Count == 2 && path.Last() == "terraform" && BlockPattern().Match(path.Peek()) is { Success: true } block)
                    {
                        return block.Groups["kind"] is { Success: true } kind ? kind.Value : Cloud;
                    }

                    break;
                case "}":
                    path.TryPop(out _);
                    header = "";
                    break;
                case "\n":
                    header = "";
                    break;
                default:
                    header += IsComment(token) ? "" : $" {token}";
                    break;
            }
        }

        return null;
    }

    private static bool IsComment(string token) => token[0] == '#' || token.StartsWith("//", StringComparison.Ordinal) || token.StartsWith("/*", StringComparison.Ordinal);

    private static string? KindInJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return Objects(document.RootElement, "terraform").SelectMany(block => Objects(block, "backend").SelectMany(backend => backend.EnumerateObject()).Select(backend => backend.Name)
                .Concat(Objects(block, Cloud).Select(_ => Cloud))).FirstOrDefault();
        }
        catch (JsonException)
        {
            // terraform says what is wrong with it.
            return null;
        }
    }

    // A block is an object, or a list of objects.
    private static IEnumerable<JsonElement> Objects(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value)
            ? (value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().ToArray() : [value]).Where(item => item.ValueKind == JsonValueKind.Object)
            : [];

    // Comments, here documents and strings are one token each, so a brace in them is none.
    [GeneratedRegex("""#[^\n]*|//[^\n]*|/\*[\s\S]*?\*/|<<-?(\w+)\r?\n[\s\S]*?\n[ \t]*\1\b|"(?:\\.|\$\{[^}\n]*\}|[^"\\\n])*"|[\w-]+|[{}\n]""")]
    private static partial Regex TokenPattern();

    [GeneratedRegex("^(?:backend \"?(?<kind>[^\"]+)\"?|cloud)$")]
    private static partial Regex BlockPattern();
}
