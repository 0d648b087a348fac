using System.Text.Json;
using System.Text.Json.Serialization;
using BuildPipeline.Spot;

namespace BuildPipeline.Replay;

/// <summary>A job's line in the result file.</summary>
public sealed record ReplayLine
{
    public required string Id { get; init; }

    public required double Cost { get; init; }

    public required bool Late { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required double? FinishHours { get; init; }

    public required double SpotHours { get; init; }

    public required double OnDemandHours { get; init; }

    public required int Restarts { get; init; }

    /// <summary>Pairs of mode and ticks.</summary>
    public required IReadOnlyList<IReadOnlyList<object>> Modes { get; init; }

    public required CostRange Forecast { get; init; }

    /// <summary>The line of one replayed job.</summary>
    public static ReplayLine From(ReplayJob job, ReplayOutcome outcome, CostRange forecast) => new()
    {
        Id = job.Id,
        Cost = outcome.Cost,
        Late = outcome.Late,
        FinishHours = outcome.FinishHours,
        SpotHours = outcome.SpotHours,
        OnDemandHours = outcome.OnDemandHours,
        Restarts = outcome.Restarts,
        Modes = [.. outcome.Modes.Select(run => (IReadOnlyList<object>)[run.Mode, run.Ticks])],
        Forecast = forecast,
    };
}

/// <summary>Reads jobs and writes results.</summary>
public static class ReplayFiles
{
    /// <summary>Reads the jobs and checks each against its trace.</summary>
    /// <exception cref="PipelineException">The file is missing or no list of jobs, or a job cannot be replayed.</exception>
    public static IReadOnlyList<ReplayCase> ReadJobs(string file, IReadOnlyDictionary<string, SpotTrace> traces)
    {
        if (!File.Exists(file))
        {
            throw new PipelineException(ReplayErrors.InvalidJobs, $"The jobs file {file} does not exist. Name one with --jobs=FILE.");
        }

        try
        {
            var jobs = JsonSerializer.Deserialize<List<JobLine?>>(File.ReadAllText(file), RunJson.Compact) ?? [];
            return jobs.Count > 0 ? [.. jobs.Select((line, index) => Check(line, index, traces))] : throw new PipelineException(ReplayErrors.InvalidJobs, $"The jobs file {file} has no jobs.");
        }
        catch (JsonException error)
        {
            throw new PipelineException(ReplayErrors.InvalidJobs, $"The jobs file {file} is not a valid JSON list of jobs ({error.Path}, line {error.LineNumber + 1}).");
        }
    }

    /// <summary>Writes the results, one job after the other.</summary>
    /// <exception cref="PipelineException">The file cannot be written.</exception>
    public static void Write(string file, IReadOnlyList<ReplayLine> lines) => Create(file, "--out", () =>
    {
        using var stream = File.Create(file);
        JsonSerializer.Serialize(stream, lines, RunJson.Compact);
    });

    /// <summary>Writes a file that an option names.</summary>
    /// <param name="file">Absolute path; its folder is made.</param>
    /// <param name="option">The option.</param>
    /// <param name="write">Writes it.</param>
    /// <exception cref="PipelineException">The file cannot be written.</exception>
    public static void Create(string file, string option, Action write)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            write();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new PipelineException(ReplayErrors.NotWritten, $"The file {file} cannot be written ({error.Message.TrimEnd('.')}). Name another with {option}=FILE.");
        }
    }

    /// <summary>Checks that an option's file can be written, before the work whose result goes there.</summary>
    /// <exception cref="PipelineException">It cannot.</exception>
    public static void RequireWritable(string file, string option) => Create(file, option, () =>
    {
        var isNew = !File.Exists(file);
        File.OpenWrite(file).Dispose();
        if (isNew)
        {
            File.Delete(file);
        }
    });

    private static ReplayCase Check(JobLine? line, int index, IReadOnlyDictionary<string, SpotTrace> traces)
    {
        var id = line?.Id ?? throw new PipelineException(ReplayErrors.InvalidJob, $"Job number {index + 1} has no id.");
        var job = new ReplayJob(
            id,
            line.Trace ?? throw new PipelineException(ReplayErrors.InvalidJob, $"Job {id} has no trace."),
            line.StartTick is >= 0 ? line.StartTick.Value : throw new PipelineException(ReplayErrors.InvalidJob, $"Job {id}: start_tick must be a tick of its trace, 0 or more."),
            line.Nodes is null or > 0 ? line.Nodes : throw new PipelineException(ReplayErrors.InvalidJob, $"Job {id}: nodes must be 1 or more."),
            new JobHours(
                Positive(id, "work_hours", line.WorkHours),
                Positive(id, "deadline_hours", line.DeadlineHours),
                line.RestartHours is >= 0 ? line.RestartHours.Value : throw new PipelineException(ReplayErrors.InvalidJob, $"Job {id}: restart_hours must be a number, 0 or more.")),
            Positive(id, "spot_price_ratio", line.SpotPriceRatio));
        if (job.DeadlineHours < job.WorkHours + job.RestartHours)
        {
            throw new PipelineException(ReplayErrors.InvalidJob, FormattableString.Invariant(
                $"Job {id}: {job.DeadlineHours} h to the deadline is less than {job.WorkHours} h of work and {job.RestartHours} h to start. Give it more time."));
        }

        var trace = Find(job, traces);
        var needed = job.StartTick + Math.Ceiling((job.DeadlineHours / trace.TickHours) - 1e-6);
        return needed <= trace.Length ? new ReplayCase(job, trace) : throw new PipelineException(
            ReplayErrors.OutsideTrace, $"Job {id} needs ticks {job.StartTick} to {needed} of the trace {trace.Name}, which has {trace.Length}. Start it earlier or use a longer trace.");
    }

    private static double Positive(string id, string name, double? value) => value is > 0 and <= 1e6
        ? value.Value
        : throw new PipelineException(ReplayErrors.InvalidJob, $"Job {id}: {name} must be a number above 0 and at most 1000000.");

    private static SpotTrace Find(ReplayJob job, IReadOnlyDictionary<string, SpotTrace> traces)
    {
        if (traces.TryGetValue(job.Trace, out var trace) || traces.TryGetValue(job.Trace + ".json", out trace))
        {
            return trace;
        }

        // A job may name a trace without its folder where that is plain enough.
        var alike = traces.Values.Where(other => Path.GetFileName(other.Name) == job.Trace || Path.GetFileNameWithoutExtension(other.Name) == job.Trace).ToList();
        return alike.Count == 1 ? alike[0] : throw new PipelineException(
            ReplayErrors.NoSuchTrace, $"The traces folder has {(alike.Count == 0 ? "no trace" : "several traces")} named {job.Trace}, which job {job.Id} names. Give its path in that folder.");
    }

    private sealed record JobLine
    {
        public string? Id { get; init; }

        public string? Trace { get; init; }

        public int? StartTick { get; init; }

        public int? Nodes { get; init; }

        public double? WorkHours { get; init; }

        public double? DeadlineHours { get; init; }

        public double? RestartHours { get; init; }

        public double? SpotPriceRatio { get; init; }
    }
}
