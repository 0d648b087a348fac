using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.SageMaker.Spot;

/// <summary>The schedule in force, kept across restarts; a job keeps the one that it was submitted under.</summary>
internal sealed class SpotMarket
{
    private readonly string _file;

    public SpotMarket(SandboxSettings settings)
    {
        _file = Path.Combine(settings.FolderOf("sagemaker"), "spot.json");
        Schedule = File.Exists(_file) ? AtomicFile.ReadRecord<SpotSchedule>(_file) : new SpotSchedule();
    }

    public SpotSchedule Schedule { get; private set; }

    /// <summary>The schedule for a job that is submitted now.</summary>
    public SpotSchedule For(bool spotJob, DateTimeOffset now)
    {
        if (spotJob && Schedule is { Trace: not null, TraceStart: null })
        {
            Set(Schedule with { TraceStart = now });
        }

        return Schedule;
    }

    /// <exception cref="FormatException">A value is malformed; nothing changed.</exception>
    public void Set(SpotSchedule schedule)
    {
        schedule.Check();
        AtomicFile.WriteRecord(_file, schedule);
        Schedule = schedule;
    }
}
