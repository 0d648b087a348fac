using System.Globalization;
using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.Mlflow;

/// <summary>All that clients wrote to the sandbox's MLflow server. Whoever uses it holds <see cref="Gate"/>.</summary>
internal sealed class MlflowStore
{
    private readonly string _folder;
    private readonly string _runs;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, MetricHistory> _metrics = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Run> _known = new(StringComparer.Ordinal);
    private Catalog _catalog;

    public MlflowStore(SandboxSettings settings, TimeProvider time)
    {
        _time = time;
        _folder = settings.FolderOf("mlflow");
        _runs = Directory.CreateDirectory(Path.Combine(_folder, "runs")).FullName;
        _catalog = File.Exists(CatalogFile) ? AtomicFile.ReadRecord<Catalog>(CatalogFile) : new Catalog([new Experiment("0", "Default", Now)], [], []);
        foreach (var file in Directory.EnumerateFiles(_runs, "*.json"))
        {
            var run = AtomicFile.ReadRecord<Run>(file);
            _known[run.Id] = run;
        }
    }

    public Lock Gate { get; } = new();

    /// <summary>Milliseconds since 1970.</summary>
    public long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    public IReadOnlyList<Experiment> Experiments => _catalog.Experiments;

    public IReadOnlyList<RegisteredModel> Models => _catalog.Models;

    public IReadOnlyList<ModelVersion> Versions => _catalog.Versions;

    public IEnumerable<Run> Runs => _known.Values;

    private string CatalogFile => Path.Combine(_folder, "catalog.json");

    /// <exception cref="MlflowError">There is none.</exception>
    public Run Run(string id) => _known.TryGetValue(id, out var run) ? run : throw MlflowError.NotFound($"Run with id={id} not found");

    /// <exception cref="MlflowError">There is none, or it is deleted.</exception>
    public Run ActiveRun(string id) => Run(id) is { Deleted: false } run ? run
        : throw MlflowError.Invalid($"The run {id} must be in the 'active' state. Current state is deleted.");

    public MetricHistory Metrics(string runId)
    {
        if (!_metrics.TryGetValue(runId, out var history))
        {
            _metrics[runId] = history = new MetricHistory(Path.Combine(_runs, $"{runId}.metrics.jsonl"));
        }

        return history;
    }

    /// <exception cref="MlflowError">There is none.</exception>
    public Experiment Experiment(string id) => Experiments.FirstOrDefault(experiment => experiment.Id == id) ?? throw MlflowError.NotFound($"No Experiment with id={id} exists");

    public Experiment AddExperiment(string name)
    {
        var id = Experiments.Max(experiment => int.Parse(experiment.Id, CultureInfo.InvariantCulture)) + 1;
        var experiment = new Experiment(id.ToString(CultureInfo.InvariantCulture), name, Now);
        Write(_catalog with { Experiments = [.. Experiments, experiment] });
        return experiment;
    }

    /// <summary>Creates a run, or replaces the one of its ID.</summary>
    public Run Save(Run run)
    {
        AtomicFile.WriteRecord(Path.Combine(_runs, $"{run.Id}.json"), run);
        return _known[run.Id] = run;
    }

    public void Replace(Experiment experiment) =>
        Write(_catalog with { Experiments = [.. Experiments.Select(other => other.Id == experiment.Id ? experiment : other)] });

    public void Add(RegisteredModel model) => Write(_catalog with { Models = [.. Models, model] });

    public void Add(ModelVersion version) => Write(_catalog with { Versions = [.. Versions, version] });

    private void Write(Catalog catalog)
    {
        AtomicFile.WriteRecord(CatalogFile, catalog);
        _catalog = catalog;
    }

    private sealed record Catalog(Experiment[] Experiments, RegisteredModel[] Models, ModelVersion[] Versions);
}
