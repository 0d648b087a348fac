using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace BuildPipeline.Runs;

/// <summary>Keeps the runs in a folder: one folder a run, and <c>latest</c> with the id of the run that was started here last, of any environment.</summary>
/// <param name="artifacts">The folder that has the runs.</param>
/// <param name="time">Source of run ids and event times.</param>
public sealed partial class RunStore(ArtifactsFolder artifacts, TimeProvider time)
{
    /// <summary>The name that <c>--run</c> accepts for the newest run of its environment, and the file with the id of the run that was started here last, of any environment.</summary>
    public const string Newest = "latest";

    private readonly string _runs = artifacts.Runs;

    /// <summary>Absolute path of the folder that holds the runs.</summary>
    public string RunsFolder => Directory.CreateDirectory(_runs).FullName;

    /// <summary>Absolute path of one file of a run.</summary>
    public string PathOf(string runId, string file) => artifacts.FileOf(runId, file);

    /// <summary>Starts a run: a new id and a folder.</summary>
    public RunRecord Create(string environment, SourceCommit? commit, string? jobFile = null)
    {
        var now = time.GetUtcNow();
        var id = NewId(now);
        Directory.CreateDirectory(Path.Combine(_runs, id));
        var run = new RunRecord { RunId = id, Environment = environment, JobFile = jobFile, StartedAt = now, Commit = commit?.Id, UncommittedChanges = commit?.Dirty };
        Save(run);
        return run;
    }

    /// <summary>A new run ID.</summary>
    /// <param name="now">When the run starts.</param>
    public static string NewId(DateTimeOffset now) => string.Create(CultureInfo.InvariantCulture, $"{now.UtcDateTime:yyyyMMdd-HHmmss}-{RandomNumberGenerator.GetHexString(4, lowercase: true)}");

    /// <summary>Writes <c>latest</c>, once the run is this process's and others can see that.</summary>
    public void SetLatest(string runId) => WholeFile.Write(Path.Combine(_runs, Newest), Encoding.UTF8.GetBytes(runId + "\n"));

    /// <summary>Reads a run.</summary>
    /// <exception cref="PipelineException">There is no such run, or its record cannot be read (exit code 2).</exception>
    public RunRecord Load(string runId)
    {
        if (!Has(runId))
        {
            throw new PipelineException(RunErrors.NoSuchRun, $"There is no run {runId} in {_runs}. Omit --run to take the open run, or the newest.");
        }

        var (run, problem) = TryRead(runId);
        return run ?? throw new PipelineException(RunErrors.UnreadableRun, $"{PathOf(runId, RunFiles.Run)} is not a readable run record: {problem} Restore the file, or delete its folder if no job of the run is running.");
    }

    /// <summary>Reads a run; null if its record is missing or cannot be read.</summary>
    /// <exception cref="PipelineException">It is not a run ID (exit code 2).</exception>
    public RunRecord? TryLoad(string runId) => Has(runId) ? TryRead(runId).Run : null;

    /// <summary>True if the folder has a record of that run.</summary>
    /// <exception cref="PipelineException">It is not a run ID (exit code 2).</exception>
    public bool Has(string runId) => IsRunId(runId)
        ? File.Exists(PathOf(runId, RunFiles.Run))
        : throw new PipelineException(RunErrors.InvalidRunId, $"'{runId}' is not a valid run ID. Expected, for example, 20260131-120000-1a2b, or {Newest}.");

    /// <summary>Writes one file of a run as another place has kept it, whole or not at all.</summary>
    public void Restore(string runId, string file, byte[] content)
    {
        Directory.CreateDirectory(Path.Combine(_runs, runId));
        WholeFile.Write(PathOf(runId, file), content);
    }

    /// <summary>The runs of an environment, the newest first; each is read when it is asked for.</summary>
    public IEnumerable<RunRecord> RunsOf(string environment) => All().Where(run => run.Environment == environment);

    /// <summary>All runs whose record can be read, the newest first; each is read when it is asked for.</summary>
    public IEnumerable<RunRecord> All() => Ids().Select(id => TryRead(id).Run).OfType<RunRecord>();

    /// <summary>One sentence on each record that cannot be read.</summary>
    public IReadOnlyList<string> Unreadable() =>
    [
        .. from id in Ids()
           let problem = TryRead(id).Problem
           where problem is not null
           select $"{PathOf(id, RunFiles.Run)} is not a readable run record: {problem}",
    ];

    private IEnumerable<string> Ids() => !Directory.Exists(_runs)
        ? []
        : Directory.EnumerateDirectories(_runs)
            .Select(folder => Path.GetFileName(folder)!)
            .Where(id => IsRunId(id) && File.Exists(PathOf(id, RunFiles.Run)))
            .OrderDescending(StringComparer.Ordinal);

    private (RunRecord? Run, string? Problem) TryRead(string id)
    {
        try
        {
            var run = RunDocument.Read(File.ReadAllBytes(PathOf(id, RunFiles.Run)));
            return run.RunId == id ? (run, null) : (null, $"It is the record of run {run.RunId}.");
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            return (null, exception.Message);
        }
    }

    /// <summary>Writes <c>run.json</c>, whole or not at all.</summary>
    public void Save(RunRecord run) => WriteJson(run.RunId, RunFiles.Run, run);

    /// <summary>Writes the document of a run, whole or not at all.</summary>
    public void Save(string runId, JsonObject document)
    {
        Directory.CreateDirectory(Path.Combine(_runs, runId));
        WriteJson(runId, RunFiles.Run, document);
    }

    /// <summary>True for the form of a run ID.</summary>
    public static bool IsRunId(string text) => RunIdPattern().IsMatch(text);

    /// <summary>Writes one JSON file of a run, whole or not at all.</summary>
    public void WriteJson<T>(string runId, string file, T value) =>
        WholeFile.Write(PathOf(runId, file), Encoding.UTF8.GetBytes(JsonSerializer.Serialize(value, RunJson.Indented) + "\n"));

    /// <summary>Writes one text file of a run, whole or not at all.</summary>
    public void WriteText(string runId, string file, string text) => Restore(runId, file, Encoding.UTF8.GetBytes(text));

    [GeneratedRegex("^[0-9]{8}-[0-9]{6}-[0-9a-f]{4}$")]
    private static partial Regex RunIdPattern();
}
