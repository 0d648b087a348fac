using BuildPipeline.Accounts;
using BuildPipeline.History;

namespace BuildPipeline.Tasks;

/// <summary>Closed runs whose end GitHub could not be told of: a watch has it told.</summary>
public sealed class UnpostedRuns(PipelineCall call, IAccount account, HistoryIndexStore indexes, RunProcess processes)
{
    private const int MostAtOnce = 20;

    /// <summary>Has each of them posted in a process of its own. What cannot be posted now is left to the next watch.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task PostAsync(CancellationToken cancellationToken)
    {
        if (account.GitHub.Token is not { Length: > 0 })
        {
            return;
        }

        foreach (var runId in await FindAsync(cancellationToken))
        {
            await processes.RunAsync(runId, ResumeProcess.Log, call.Hints.Arguments("Summary", $"--run={runId}"), cancellationToken);
        }
    }

    private async Task<IReadOnlyList<string>> FindAsync(CancellationToken cancellationToken)
    {
        try
        {
            return [.. (await indexes.ReadAsync(null, cancellationToken)).Where(entry => entry.Unposted).Take(MostAtOnce).Select(entry => entry.RunId)];
        }
        catch (PipelineException)
        {
            return [];
        }
    }
}
