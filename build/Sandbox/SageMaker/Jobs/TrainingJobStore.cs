using System.Threading.Channels;
using BuildPipeline.Sandbox.Authorization;
using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.SageMaker.Jobs;

/// <summary>The training jobs of all regions by their ARNs, one file each; every change is on disk before it can be seen.</summary>
internal sealed class TrainingJobStore : IResourceFacts
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, TrainingJob> _jobs = new(StringComparer.Ordinal);
    private readonly List<ChannelWriter<TrainingJob>> _watchers = [];
    private readonly string _folder;

    public TrainingJobStore(SandboxSettings settings)
    {
        _folder = settings.FolderOf(Path.Combine("sagemaker", "jobs"));
        foreach (var file in Directory.EnumerateDirectories(_folder).SelectMany(region => Directory.EnumerateFiles(region, "*.json")))
        {
            var job = AtomicFile.ReadRecord<TrainingJob>(file);
            _jobs[job.Arn] = job;
        }
    }

    public IReadOnlyList<TrainingJob> Jobs
    {
        get
        {
            lock (_gate)
            {
                return [.. _jobs.Values];
            }
        }
    }

    /// <summary>Each job that is new from now on, or whose status or secondary status changes, in the order of the changes.</summary>
    public ChannelReader<TrainingJob> Watch()
    {
        var changes = Channel.CreateUnbounded<TrainingJob>();
        lock (_gate)
        {
            _watchers.Add(changes.Writer);
        }

        return changes.Reader;
    }

    public TrainingJob? Find(string arn)
    {
        lock (_gate)
        {
            return _jobs.GetValueOrDefault(arn);
        }
    }

    ResourceFacts? IResourceFacts.Find(string arn) =>
        Find(arn) is { } job ? new ResourceFacts(job.Tags.ToDictionary(tag => tag.Key, tag => tag.Value)) : null;

    /// <summary>Adds a job unless the others of its region speak against it.</summary>
    /// <param name="admit">Throws where the job must not be added, with the jobs that there are.</param>
    public void Add(TrainingJob job, Action<IReadOnlyCollection<TrainingJob>> admit)
    {
        lock (_gate)
        {
            admit([.. _jobs.Values.Where(other => other.Region == job.Region)]);
            Save(job);
        }
    }

    /// <summary>Changes a job; a change that throws leaves it as it was.</summary>
    public TrainingJob Update(string arn, Func<TrainingJob, TrainingJob> change)
    {
        lock (_gate)
        {
            return Save(change(_jobs[arn]));
        }
    }

    public void Delete(string arn)
    {
        lock (_gate)
        {
            File.Delete(FileOf(_jobs[arn]));
            _jobs.Remove(arn);
        }
    }

    private TrainingJob Save(TrainingJob job)
    {
        if (!_jobs.TryGetValue(job.Arn, out var before) || !ReferenceEquals(before, job))
        {
            var file = FileOf(job);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            AtomicFile.WriteRecord(file, job);
            _jobs[job.Arn] = job;
            if (before?.Status != job.Status || before.Transitions.Count != job.Transitions.Count)
            {
                _watchers.ForEach(watcher => watcher.TryWrite(job));
            }
        }

        return job;
    }

    private string FileOf(TrainingJob job) => Path.Combine(_folder, job.Region, job.Name + ".json");
}
