using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace BuildPipeline.Runs;

/// <summary>Keeps the runs in a folder: one folder a run, and <c>latest</c> with the newest run's id.</summary>
/// <param name="artifacts">The folder that has the runs.</param>
/// <param name="time">Source of run ids and event times.</param>
public sealed partial class RunStore(ArtifactsFolder artifacts, TimeProvider time)
{
    /// <summary>The name that <c>--run</c> accepts for the newest run of an environment, and the file with the newest run's id.</summary>
    public const string Newest = "latest";

    private readonly string _runs = artifacts.Runs;

    /// <summary>Absolute path of the folder that holds the runs.</summary>
    public string RunsFolder => Directory.CreateDirectory(_runs).FullName;

    /// <summary>Absolute path of one file of a run.</summary>
    public string PathOf(string runId, string file) => artifacts.FileOf(runId, file);

    /// <summary>Begins a run: a new id, a folder, <c>latest</c>.</summary>
    public RunRecord Create(string environment, SourceCommit? commit)
    {
        var now = time.GetUtcNow();
        var id = string.Create(CultureInfo.InvariantCulture, $"{now:yyyyMMdd-HHmmss}-{RandomNumberGenerator.GetHexString(4, lowercase: true)}");
        Directory.CreateDirectory(Path.Combine(_runs, id));
        var run = new RunRecord { RunId = id, Environment = environment, StartedAt = now, Commit = commit?.Id, UncommittedChanges = commit?.Dirty };
        Save(run);
        WriteWhole(Path.Combine(_runs, Newest), Encoding.UTF8.GetBytes(id + "\n"));
        return run;
    }

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

    /// <summary>Reads a run; null where its record is missing or cannot be read.</summary>
    /// <exception cref="PipelineException">It is not a run ID (exit code 2).</exception>
    public RunRecord? TryLoad(string runId) => Has(runId) ? TryRead(runId).Run : null;

    /// <summary>True where the folder has a record of that run.</summary>
    /// <exception cref="PipelineException">It is not a run ID (exit code 2).</exception>
    public bool Has(string runId) => RunIdPattern().IsMatch(runId)
        ? File.Exists(PathOf(runId, RunFiles.Run))
        : throw new PipelineException(RunErrors.InvalidRunId, $"'{runId}' is not a valid run ID. Expected, for example, 20260131-120000-1a2b, or {Newest}.");

    /// <summary>Reads a run record.</summary>
    /// <exception cref="JsonException">It is not one.</exception>
    public static RunRecord Read(byte[] json) =>
        Current(JsonSerializer.Deserialize<RunRecord>(json, RunJson.Indented) ?? throw new JsonException("The document is null."));

    /// <summary>Writes one file of a run as another place has kept it, whole or not at all.</summary>
    public void Restore(string runId, string file, byte[] content)
    {
        Directory.CreateDirectory(Path.Combine(_runs, runId));
        WriteWhole(PathOf(runId, file), content);
    }

    /// <summary>The runs of an environment, the newest first; each is read when it is asked for.</summary>
    public IEnumerable<RunRecord> RunsOf(string environment) => All().Where(run => run.Environment == environment);

    /// <summary>All runs whose record can be read, the newest first; each is read when it is asked for.</summary>
    public IEnumerable<RunRecord> All() => Ids().Select(id => TryRead(id).Run).OfType<RunRecord>();

    /// <summary>The runs whose record is missing or cannot be read, the newest first.</summary>
    public IReadOnlyList<UnreadableRun> Unreadable() =>
    [
        .. from id in Ids()
           let problem = TryRead(id).Problem
           where problem is not null
           select new UnreadableRun(id, PathOf(id, RunFiles.Run), problem, EventsOf(id)),
    ];

    // A folder without record and events was left before its run began.
    private IEnumerable<string> Ids() => !Directory.Exists(_runs)
        ? []
        : Directory.EnumerateDirectories(_runs)
            .Select(folder => Path.GetFileName(folder)!)
            .Where(id => RunIdPattern().IsMatch(id) && (File.Exists(PathOf(id, RunFiles.Run)) || File.Exists(PathOf(id, RunFiles.Events))))
            .OrderDescending(StringComparer.Ordinal);

    private (RunRecord? Run, string? Problem) TryRead(string id)
    {
        try
        {
            var run = Read(File.ReadAllBytes(PathOf(id, RunFiles.Run)));
            return run.RunId == id ? (run, null) : (null, $"It is the record of run {run.RunId}.");
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            return (null, exception.Message);
        }
    }

    private string[] EventsOf(string id)
    {
        try
        {
            return File.ReadAllLines(PathOf(id, RunFiles.Events));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Writes <c>run.json</c>, whole or not at all.</summary>
    public void Save(RunRecord run) => WriteJson(run.RunId, RunFiles.Run, run);

    /// <summary>Writes one JSON file of a run, whole or not at all.</summary>
    public void WriteJson<T>(string runId, string file, T value) =>
        WriteWhole(PathOf(runId, file), Encoding.UTF8.GetBytes(JsonSerializer.Serialize(value, RunJson.Indented) + "\n"));

    /// <summary>Writes one text file of a run, whole or not at all.</summary>
    public void WriteText(string runId, string file, string text) => WriteWhole(PathOf(runId, file), Encoding.UTF8.GetBytes(text));

    /// <summary>Appends an event and waits until it is on the disk: what is recorded before money is spent must survive a crash.</summary>
    /// <param name="kind">Short name, for example <c>launch.intent</c>.</param>
    /// <param name="detail">What to know of it; written as JSON.</param>
    public void Append(string runId, string kind, object? detail = null)
    {
        var line = JsonSerializer.Serialize(new { At = time.GetUtcNow(), Kind = kind, Detail = detail }, RunJson.Compact) + "\n";
        using var stream = new FileStream(PathOf(runId, RunFiles.Events), FileMode.Append, FileAccess.Write, FileShare.Read);
        stream.Write(Encoding.UTF8.GetBytes(line));
        stream.Flush(flushToDisk: true);
    }

    private static void WriteWhole(string path, byte[] content)
    {
        var temporary = path + ".tmp";
        using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    // Format run/1 has no ClosedAt: such a run was closed when a target ended on its result.
    private static RunRecord Current(RunRecord run) => run.Format != "run/1" ? run : run with
    {
        Format = "run/2",
        ClosedAt = run.State.CanClose() ? run.EndedAt : null,
    };

    [GeneratedRegex("^[0-9]{8}-[0-9]{6}-[0-9a-f]{4}$")]
    private static partial Regex RunIdPattern();
}
