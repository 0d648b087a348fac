using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.SageMaker.Jobs;

/// <summary>All training jobs, one file each; every change is on disk before it can be seen.</summary>
internal sealed class TrainingJobStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, TrainingJob> _jobs = new(StringComparer.Ordinal);
    private readonly string _folder;

    public TrainingJobStore(SandboxSettings settings)
    {
        _folder = settings.FolderOf(Path.Combine("sagemaker", "jobs"));
        foreach (var file in Directory.EnumerateFiles(_folder, "*.json"))
        {
            var job = AtomicFile.ReadRecord<TrainingJob>(file);
            _jobs[job.Name] = job;
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

    public TrainingJob? Find(string name)
    {
        lock (_gate)
        {
            return _jobs.GetValueOrDefault(name);
        }
    }

    /// <summary>Adds a job unless the others speak against it.</summary>
    /// <param name="admit">Throws where the job must not be added, with the jobs that there are.</param>
    public void Add(TrainingJob job, Action<IReadOnlyCollection<TrainingJob>> admit)
    {
        lock (_gate)
        {
            admit(_jobs.Values);
            Save(job);
        }
    }

    /// <summary>Changes a job; a change that throws leaves it as it was.</summary>
    public TrainingJob Update(string name, Func<TrainingJob, TrainingJob> change)
    {
        lock (_gate)
        {
            return Save(change(_jobs[name]));
        }
    }

    public void Delete(string name)
    {
        lock (_gate)
        {
            File.Delete(FileOf(name));
            _jobs.Remove(name);
        }
    }

    private TrainingJob Save(TrainingJob job)
    {
        if (!_jobs.TryGetValue(job.Name, out var before) || !ReferenceEquals(before, job))
        {
            AtomicFile.WriteRecord(FileOf(job.Name), job);
            _jobs[job.Name] = job;
        }

        return job;
    }

    private string FileOf(string name) => Path.Combine(_folder, name + ".json");
}
