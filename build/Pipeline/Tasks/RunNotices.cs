using BuildPipeline.Aws;
using BuildPipeline.Reporting;
using BuildPipeline.Terminal;

namespace BuildPipeline.Tasks;

/// <summary>Tells the topic of the environment's alarms that a run needs a person, each thing once: the log of the run has what was told.</summary>
public sealed class RunNotices(PipelineCall call, IAwsClients clients, TopicPublisher topic)
{
    private const string Told = "notice.sent";

    /// <summary>Tells what the run needs somebody for now, if it does and nobody was told. It never fails a run.</summary>
    /// <remarks>A process that is killed between both effects leaves a notice that the next one sends again, rather than one that nobody got.</remarks>
    public async Task TellAsync(CancellationToken cancellationToken)
    {
        var run = call.Run;
        if (run.Job?.Alarms is not { } alarms
            || RunNotice.Create(run, call.Time.GetUtcNow(), call.Hints.For("Launch", $"--run={run.RunId}")) is not { } notice
            || !call.Session.IsNew(Told, notice.Id))
        {
            return;
        }

        try
        {
            await topic.PublishAsync(alarms.TopicArn, notice.Subject, notice.Text, cancellationToken);
            await call.Session.NoteAsync(Told, new { notice.Id, notice.Subject }, cancellationToken);
        }
        catch (PipelineException)
        {
            // The log cannot be written: the next process tells it again.
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            // A topic is there once the first plan was applied.
            if (AwsErrors.Classify(exception) != AwsErrorKind.NotFound)
            {
                call.Console.Warn($"Nobody was told that the run needs a person. {AwsErrors.ToPipelineException(exception, $"publishing to {alarms.TopicArn}", clients.Connection).Message}");
            }
        }
    }
}
