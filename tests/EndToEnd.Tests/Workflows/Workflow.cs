using System.Text.RegularExpressions;
using YamlDotNet.Serialization;

namespace BuildPipeline.EndToEnd.Tests.Workflows;

/// <summary>A workflow file, read as far as running its <c>run:</c> lines needs it.</summary>
public sealed partial class Workflow
{
    private readonly Dictionary<object, object> _document;

    private Workflow(Dictionary<object, object> document) => _document = document;

    /// <summary>Reads one of the project's workflows.</summary>
    public static Workflow Read(string name) => new(new DeserializerBuilder().Build().Deserialize<Dictionary<object, object>>(
        File.ReadAllText(Path.Combine(Pipeline.Workplace.Root, ".github", "workflows", name))));

    /// <summary>Names of the jobs, in the order of the file.</summary>
    public IReadOnlyList<string> Jobs => [.. Map(_document, "jobs").Keys.Cast<string>()];

    /// <summary>The <c>run:</c> steps of a job, in order.</summary>
    public IReadOnlyList<RunStep> RunSteps(string job) =>
    [
        .. Steps(job)
            .Where(step => step.ContainsKey("run"))
            .Select(step => new RunStep(
                step.GetValueOrDefault("id") as string,
                (string)step["run"],
                Texts(_document, "env").Concat(Texts(Map(_document, "jobs", job), "env")).Concat(Texts(step, "env")).ToDictionary(pair => pair.Key, pair => pair.Value))),
    ];

    /// <summary>The actions that a job uses, as written.</summary>
    public IReadOnlyList<string> Uses(string job) => [.. Steps(job).Select(step => step.GetValueOrDefault("uses") as string).OfType<string>()];

    /// <summary>The outputs of a job, with their expressions.</summary>
    public IReadOnlyDictionary<string, string> Outputs(string job) => Texts(Map(_document, "jobs", job), "outputs");

    /// <summary>The environment that a job stands behind; null if there is none.</summary>
    public string? EnvironmentOf(string job) => Map(_document, "jobs", job).GetValueOrDefault("environment") as string;

    /// <summary>The name of a job, with its expressions.</summary>
    public string NameOf(string job) => (string)Map(_document, "jobs", job)["name"];

    /// <summary>Puts values in for <c>${{ … }}</c>, as Actions does.</summary>
    /// <exception cref="KeyNotFoundException">The text names something that the test does not give.</exception>
    public static string Evaluate(string text, IReadOnlyDictionary<string, string> values) =>
        ExpressionPattern().Replace(text, match => values[match.Groups[1].Value]);

    private IEnumerable<Dictionary<object, object>> Steps(string job) =>
        ((List<object>)Map(_document, "jobs", job)["steps"]).Cast<Dictionary<object, object>>();

    private static Dictionary<object, object> Map(Dictionary<object, object> map, params string[] path) =>
        path.Aggregate(map, (current, name) => (Dictionary<object, object>)current[name]);

    private static Dictionary<string, string> Texts(Dictionary<object, object> map, string name) =>
        map.GetValueOrDefault(name) is Dictionary<object, object> found ? found.ToDictionary(pair => (string)pair.Key, pair => (string)pair.Value) : [];

    [GeneratedRegex(@"\$\{\{\s*([^}]+?)\s*\}\}")]
    private static partial Regex ExpressionPattern();
}

/// <summary>One step that runs a command.</summary>
public sealed record RunStep(string? Id, string Command, IReadOnlyDictionary<string, string> Environment);
