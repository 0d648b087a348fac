using System.Text.RegularExpressions;
using YamlDotNet.Serialization;

namespace BuildPipeline.EndToEnd.Tests.Workflows;

/// <summary>A workflow file or a composite action, read as far as judging and running its steps needs it.</summary>
public sealed partial class Workflow
{
    private readonly Dictionary<object, object> _document;

    private Workflow(string file)
    {
        File = file;
        Text = System.IO.File.ReadAllText(file);
        _document = new DeserializerBuilder().Build().Deserialize<Dictionary<object, object>>(Text);
    }

    /// <summary>Folder of all that GitHub reads.</summary>
    public static string Folder { get; } = Path.Combine(Pipeline.Workplace.Root, ".github");

    /// <summary>The project's workflows.</summary>
    public static IReadOnlyList<Workflow> All { get; } = [.. Directory.GetFiles(Path.Combine(Folder, "workflows")).Order(StringComparer.Ordinal).Select(file => new Workflow(file))];

    /// <summary>The project's composite actions.</summary>
    public static IReadOnlyList<Workflow> Actions { get; } = [.. Directory.GetFiles(Path.Combine(Folder, "actions"), "action.yml", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(file => new Workflow(file))];

    /// <summary>The file's path.</summary>
    public string File { get; }

    /// <summary>Its name, for example launch.yml.</summary>
    public string Name => Path.GetFileName(File);

    /// <summary>Its text.</summary>
    public string Text { get; }

    /// <summary>Names of the jobs, in the order of the file.</summary>
    public IReadOnlyList<string> Jobs => _document.ContainsKey("jobs") ? [.. Map(_document, "jobs").Keys.Cast<string>()] : [];

    /// <summary>Names of the events that start it.</summary>
    public IReadOnlyList<string> Events => [.. Map(_document, "on").Keys.Cast<string>()];

    /// <summary>One of the workflows.</summary>
    public static Workflow Read(string name) => All.Single(workflow => workflow.Name == name);

    /// <summary>A member at the top, or of a job; null if it is not there.</summary>
    public object? Member(string name, string? job = null) => (job is null ? _document : Map(_document, "jobs", job)).GetValueOrDefault(name);

    /// <summary>The texts of a map at the top or of a job, for example its permissions.</summary>
    public IReadOnlyDictionary<string, string> Texts(string name, string? job = null) => TextsOf(job is null ? _document : Map(_document, "jobs", job), name);

    /// <summary>The steps of a job, or of a composite action where none is named, in order.</summary>
    public IReadOnlyList<Step> Steps(string? job = null)
    {
        var owner = job is null ? Map(_document, "runs") : Map(_document, "jobs", job);
        var around = job is null ? [] : TextsOf(_document, "env").Concat(TextsOf(owner, "env"));
        return
        [
            .. ((List<object>)owner["steps"]).Cast<Dictionary<object, object>>().Select(step => new Step(
                step.GetValueOrDefault("id") as string,
                step.GetValueOrDefault("if") as string,
                (step.GetValueOrDefault("run") as string)?.Trim(),
                step.GetValueOrDefault("uses") as string,
                TextsOf(step, "with"),
                around.Concat(TextsOf(step, "env")).GroupBy(pair => pair.Key).ToDictionary(same => same.Key, same => same.Last().Value))),
        ];
    }

    /// <summary>All steps of the file.</summary>
    public IEnumerable<Step> AllSteps() => Jobs.Count == 0 ? Steps() : Jobs.SelectMany(job => Steps(job));

    private static Dictionary<object, object> Map(Dictionary<object, object> map, params string[] path) =>
        path.Aggregate(map, (current, name) => (Dictionary<object, object>)current[name]);

    private static Dictionary<string, string> TextsOf(Dictionary<object, object> map, string name) =>
        map.GetValueOrDefault(name) is Dictionary<object, object> found ? found.ToDictionary(pair => (string)pair.Key, pair => (string)pair.Value) : [];

    [GeneratedRegex(@"^\s*(?:- )?uses: (?<uses>.+)$", RegexOptions.Multiline)]
    private static partial Regex UsesPattern();

    /// <summary>The lines that use an action, with their comments.</summary>
    public IEnumerable<string> UsesLines() => UsesPattern().Matches(Text).Select(match => match.Groups["uses"].Value.TrimEnd());
}

/// <summary>One step of a job or an action: it runs a command, or uses an action.</summary>
/// <param name="Environment">With the variables of its job and workflow.</param>
public sealed record Step(
    string? Id, string? If, string? Run, string? Uses, IReadOnlyDictionary<string, string> With, IReadOnlyDictionary<string, string> Environment);
