using Amazon.SageMaker.Model;
using BuildPipeline.Aws;
using BuildPipeline.Checkpoints;
using BuildPipeline.Jobs;
using BuildPipeline.Terminal;
using BuildPipeline.Training;

namespace BuildPipeline.Tasks;

/// <summary>Stops every running training job of the environment, or of one team in it, whoever submitted it.</summary>
public sealed class EnvironmentStop(PipelineCall call, AppliedState state, EnvironmentFiles files, JobStopper stopper, StopRecord record, CheckpointReader checkpoints, IAwsClients clients)
{
    private string Whose => $"environment {call.Options.Environment}{(call.Options.Team is { } team ? $", team {team}" : "")}";

    /// <summary>Asks all of them, waits for their ends, and looks again until it finds no other: a launch may submit one meanwhile.</summary>
    /// <exception cref="PipelineException">One may still be running (exit code 75 if it only takes longer, otherwise 1).</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        files.WarnOfUnknownTeam(call.Console);
        var (seen, failures) = (new HashSet<string>(), new Dictionary<string, PipelineException>());
        var names = await BaseNamesAsync(failures, cancellationToken);
        while (true)
        {
            var running = new List<RunningJob>();
            foreach (var name in names)
            {
                running.AddRange(await stopper.ListNamedAsync(name, cancellationToken));
            }

            var added = running.Where(job => seen.Add(job.Name)).ToList();
            if (added.Count == 0)
            {
                Conclude(seen, failures, running);
                return;
            }

            await StopAsync(added, names, failures, cancellationToken);
        }
    }

    // As they are applied, and as the files say: a job outlives its state, and files change.
    private async Task<IReadOnlyList<string>> BaseNamesAsync(Dictionary<string, PipelineException> failures, CancellationToken cancellationToken)
    {
        string? applied = null;
        try
        {
            applied = (await state.JobAsync(cancellationToken))?.Name;
        }
        catch (PipelineException exception) when (files.ResourcePrefix is not null)
        {
            // Jobs that may have another name than the files say are not worth letting the others run.
            call.Console.Warn($"Only jobs named {files.ResourcePrefix}-... are stopped. {exception.Message}");
            failures["Terraform state"] = exception;
        }

        List<string> names = [.. new[] { applied, files.ResourcePrefix }.OfType<string>().Distinct()];
        return names.Count > 0 ? names : throw new PipelineException(
            TrainingErrors.NotAllStopped, $"The names of the jobs of environment {call.Options.Environment} are not known: nothing is applied, and its variable files cannot be read.");
    }

    // All are asked before one is waited for.
    private async Task StopAsync(IReadOnlyList<RunningJob> jobs, IReadOnlyList<string> names, Dictionary<string, PipelineException> failures, CancellationToken cancellationToken)
    {
        var (asked, taken, askedAt) = (new List<RunningJob>(), new List<RunningJob>(), call.Time.GetUtcNow());
        foreach (var job in jobs)
        {
            await TryAsync(job, failures, async () =>
            {
                if (await IsMeantAsync(job, names, cancellationToken))
                {
                    if (await stopper.StopAsync(job.Name, cancellationToken))
                    {
                        taken.Add(job);
                    }

                    asked.Add(job);
                }
            });
        }

        foreach (var job in taken)
        {
            await record.WriteAsync(job.Name, cancellationToken);
        }

        foreach (var job in asked)
        {
            await TryAsync(job, failures, async () =>
            {
                var ended = await call.Console.RunWithStatusAsync($"wait for the end of {job.Name}", () => stopper.WaitUntilEndedAsync(job.Name, askedAt, cancellationToken));
                call.Console.Done(ended?.TrainingJobStatus?.Value == "Stopped"
                    ? $"{job.Name}: stopped. {await LeftAsync(ended, cancellationToken)}"
                    : $"{job.Name}: already ended ({ended?.TrainingJobStatus?.Value ?? "deleted"}).");
            });
        }
    }

    private async Task<bool> IsMeantAsync(RunningJob job, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var environment = call.Options.Environment;
        var known = names.Select(name => JobOrigin.IsOf(job.Name, name, environment, tags: null)).ToList();
        if (known.TrueForAll(isOf => isOf == false))
        {
            return false;
        }

        if (known.Contains(true) && call.Options.Team is null)
        {
            return true;
        }

        var tags = await stopper.TagsAsync(job, cancellationToken);
        return names.Any(name => JobOrigin.IsOf(job.Name, name, environment, tags) == true) && (call.Options.Team is not { } team || tags.GetValueOrDefault("team") == team);
    }

    private async Task<string> LeftAsync(DescribeTrainingJobResponse job, CancellationToken cancellationToken)
    {
        try
        {
            return StopEvidence.From(job, S3Uri.TryParse(job.CheckpointConfig?.S3Uri, out var folder) ? await checkpoints.ReadAsync(folder.AsFolder(), cancellationToken) : []).Describe();
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            return $"Whether it saved a checkpoint is not known. {AwsErrors.ToPipelineException(exception, "reading its checkpoints", clients.Connection).Message}";
        }
    }

    private void Conclude(HashSet<string> seen, Dictionary<string, PipelineException> failures, IReadOnlyList<RunningJob> running)
    {
        record.ShowOpen();

        // One that could not be stopped may have ended by itself.
        foreach (var name in failures.Keys.Where(name => seen.Contains(name) && running.All(job => job.Name != name)).ToList())
        {
            call.Console.Done($"{name}: already ended.");
            failures.Remove(name);
        }

        if (failures.Count > 0)
        {
            throw new PipelineException(
                failures.Values.All(failure => failure.Code == TrainingErrors.NotStopped) ? TrainingErrors.NotStopped : TrainingErrors.NotAllStopped,
                $"Not every training job of {Whose} is known to have ended. {string.Join(' ', failures.Select(failure => $"{failure.Key}: {failure.Value.Message}"))}");
        }

        call.Console.Done($"No training job of {Whose} is running.");
    }

    private async Task TryAsync(RunningJob job, Dictionary<string, PipelineException> failures, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (PipelineException exception)
        {
            call.Console.Warn($"{job.Name}: could not be stopped. {exception.Message}");
            failures[job.Name] = exception;
        }
    }
}
