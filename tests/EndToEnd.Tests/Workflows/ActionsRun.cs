using BuildPipeline.EndToEnd.Tests.Pipeline;

namespace BuildPipeline.EndToEnd.Tests.Workflows;

/// <summary>One run of a workflow, as Actions plays it: each job on a new machine, with the variables and files that Actions gives, and artifacts in between.</summary>
public sealed class ActionsRun
{
    private const string Artifacts = "artifacts/runs";

    private readonly Workplace _place;
    private readonly Workflow _workflow;
    private readonly Dictionary<string, string> _values;
    private readonly Dictionary<string, string> _variables;
    private readonly string _folder;

    /// <param name="place">Whose sandbox is the account.</param>
    /// <param name="workflow">Name of the file.</param>
    /// <param name="id">Number of the workflow run.</param>
    /// <param name="values">Values of expressions: <c>github.…</c>, <c>inputs.…</c>, <c>vars.…</c>.</param>
    /// <param name="variables">Variables beside those that this class sets, for example GITHUB_EVENT_PATH.</param>
    public ActionsRun(Workplace place, string workflow, long id, IReadOnlyDictionary<string, string> values, IReadOnlyDictionary<string, string> variables)
    {
        _place = place;
        Id = id;
        _workflow = Workflow.Read(workflow);
        _values = new(values);
        _variables = new(variables)
        {
            ["CI"] = "true",
            ["GITHUB_ACTIONS"] = "true",
            ["GITHUB_REPOSITORY"] = values["github.repository"],
            ["GITHUB_RUN_ID"] = $"{id}",
            ["GITHUB_RUN_ATTEMPT"] = "1",
            ["GITHUB_SERVER_URL"] = "https://github.com",
        };
        _folder = $"{place.ArtifactsFolder}-run-{id}";
        Directory.CreateDirectory(_folder);
    }

    /// <summary>Number of the workflow run.</summary>
    public long Id { get; }

    /// <summary>What the steps wrote to the page of the workflow run.</summary>
    public string Page => File.Exists(PageFile) ? File.ReadAllText(PageFile) : "";

    /// <summary>Artifacts folder of the newest machine.</summary>
    public string Machine { get; private set; } = "";

    /// <summary>What the steps printed.</summary>
    public string Log { get; private set; } = "";

    /// <summary>The outputs of the jobs that have ended.</summary>
    public string Output(string job, string name) => _values[$"needs.{job}.outputs.{name}"];

    /// <summary>A job's name, as reviewers see it.</summary>
    public string NameOf(string job) => Expression.Expand((string)_workflow.Member("name", job)!, _values);

    /// <summary>The environment that a job is behind.</summary>
    public string EnvironmentOf(string job) => Expression.Expand((string)_workflow.Member("environment", job)!, _values);

    private string PageFile => Path.Combine(_folder, "page.md");

    /// <summary>Runs a job on a new machine.</summary>
    /// <param name="job">Its name.</param>
    /// <param name="changed">Changes the variables of each step, as somebody could who forges them.</param>
    /// <param name="lostAfter">Seconds after which Actions ends each step, as it does with a machine that it takes away; null never does.</param>
    /// <returns>How its first step that failed ended, else its last step that ran a command; null if its condition does not let it run.</returns>
    public async Task<Result?> RunAsync(string job, Action<Dictionary<string, string>>? changed = null, int? lostAfter = null)
    {
        if (!Expression.Allows(_workflow.Member("if", job) as string, _values))
        {
            return null;
        }

        var machine = Machine = Directory.CreateDirectory(Path.Combine(_folder, $"{job}-{Guid.NewGuid():n}"[..20])).FullName;
        Result? ended = null;
        foreach (var step in Flatten(_workflow.Steps(job)))
        {
            var failed = ended is { ExitCode: not 0 };
            if ((failed && step.If?.Contains("()", StringComparison.Ordinal) != true) || !Expression.Allows(step.If, _values))
            {
                continue;
            }

            var result = await RunAsync(step, machine, changed, lostAfter);
            ended = failed ? ended : result ?? ended;
        }

        foreach (var (name, expression) in _workflow.Texts("outputs", job))
        {
            _values[$"needs.{job}.outputs.{name}"] = Expression.Expand(expression, _values);
        }

        return ended;
    }

    // The project's own actions have steps too, which get the inputs as values.
    private static IEnumerable<Step> Flatten(IEnumerable<Step> steps) => steps.SelectMany(step =>
        Workflow.Actions.FirstOrDefault(action => step.Uses == $"./.github/actions/{Path.GetFileName(Path.GetDirectoryName(action.File))}") is { } own
            ? own.Steps().Select(inner => inner with { If = step.If, With = inner.With.ToDictionary(pair => pair.Key, pair => step.With.Aggregate(pair.Value, (text, input) => text.Replace($"${{{{ inputs.{input.Key} }}}}", input.Value, StringComparison.Ordinal))) })
            : [step]);

    private async Task<Result?> RunAsync(Step step, string machine, Action<Dictionary<string, string>>? changed, int? lostAfter)
    {
        switch (step.Uses?.Split('@')[0])
        {
            case "actions/upload-artifact" when step.With["path"] == Artifacts:
                Copy(Path.Combine(machine, "runs"), Path.Combine(_folder, "artifact-" + step.With["name"]));
                return null;
            case "actions/download-artifact" when step.With["path"] == Artifacts:
                Copy(Path.Combine(_folder, "artifact-" + step.With["name"]), Path.Combine(machine, "runs"));
                return null;
            case "actions/checkout" or "actions/setup-dotnet" or "actions/cache":
                return null;
            case null:
                break;
            default:
                throw new NotSupportedException(step.Uses);
        }

        var outputs = Path.Combine(machine, "outputs");
        var environment = step.Environment.ToDictionary(pair => pair.Key, pair => Expression.Expand(pair.Value, _values));
        foreach (var (name, value) in _variables)
        {
            environment[name] = value;
        }

        environment["GITHUB_OUTPUT"] = outputs;
        environment["GITHUB_STEP_SUMMARY"] = PageFile;
        changed?.Invoke(environment);
        var result = await Workplace.EndAsync(Workplace.StartShell($"{(lostAfter is { } seconds ? $"timeout --preserve-status --signal=TERM {seconds} " : "")}{step.Run} --artifacts='{machine}' --sandbox-state='{_place.SandboxState}'", environment));
        Log += result.Output;
        foreach (var output in File.Exists(outputs) ? File.ReadAllLines(outputs).Select(line => line.Split('=', 2)) : [])
        {
            _values[$"steps.{step.Id}.outputs.{output[0]}"] = output[1];
        }

        File.Delete(outputs);
        return result;
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.Exists(from) ? Directory.GetFiles(from, "*", SearchOption.AllDirectories) : [])
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy, overwrite: true);
        }
    }
}
