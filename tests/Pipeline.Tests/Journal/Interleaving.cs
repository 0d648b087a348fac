using Amazon.S3;
using Amazon.S3.Model;
using BuildPipeline.Accounts;
using BuildPipeline.Aws;
using BuildPipeline.Journal;
using NSubstitute;

namespace BuildPipeline.Pipeline.Tests.Journal;

/// <summary>Lets the calls of several processes go one at a time, in an order that follows from a seed; a process can die before each.</summary>
internal sealed class Scheduler
{
    private readonly object _gate = new();
    private readonly List<(int Process, TaskCompletionSource Go)> _waiting = [];
    private int _running;

    /// <summary>What a process has thrown; null if none has.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Starts a process, up to its first call.</summary>
    public void Start(Func<Task> process)
    {
        lock (_gate)
        {
            _running++;
        }

        _ = Task.Run(async () =>
        {
            try
            {
                await process();
            }
            catch (Exception exception)
            {
                Failure = exception;
            }
            finally
            {
                Stops();
            }
        });
    }

    /// <summary>Waits in a process for its turn.</summary>
    public Task TurnAsync(int process)
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _waiting.Add((process, go));
            _running--;
            Monitor.PulseAll(_gate);
        }

        return go.Task;
    }

    /// <summary>Runs all processes to their ends.</summary>
    /// <param name="random">Chooses who is next.</param>
    /// <param name="dies">Decides, before each call, whether its process dies there.</param>
    public void Run(Random random, Func<int, bool> dies)
    {
        while (true)
        {
            (int Process, TaskCompletionSource Go) next;
            lock (_gate)
            {
                while (_running > 0)
                {
                    Monitor.Wait(_gate);
                }

                if (_waiting.Count == 0)
                {
                    return;
                }

                // In the order of the processes, so a seed is one interleaving whichever thread came first.
                next = _waiting.OrderBy(call => call.Process).ElementAt(random.Next(_waiting.Count));
                _waiting.Remove(next);
                if (dies(next.Process))
                {
                    continue;
                }

                _running++;
            }

            next.Go.SetResult();
        }
    }

    private void Stops()
    {
        lock (_gate)
        {
            _running--;
            Monitor.PulseAll(_gate);
        }
    }
}

/// <summary>A bucket as one process sees it: each call waits for its turn.</summary>
internal static class ScheduledBucket
{
    public static IAwsClients For(ConditionalBucket bucket, Func<Task> turn)
    {
        var s3 = Substitute.For<IAmazonS3>();
        s3.GetObjectAsync(Arg.Any<GetObjectRequest>(), default).ReturnsForAnyArgs(async call =>
        {
            await turn();
            return await bucket.Clients.S3.GetObjectAsync(call.Arg<GetObjectRequest>());
        });
        s3.PutObjectAsync(default!, default).ReturnsForAnyArgs(async call =>
        {
            await turn();
            return await bucket.Clients.S3.PutObjectAsync(call.Arg<PutObjectRequest>());
        });
        var clients = Substitute.For<IAwsClients>();
        clients.Connection.Returns(new PublicConnection("us-east-1"));
        clients.S3.Returns(s3);
        return clients;
    }
}

/// <summary>Events in memory, under S3's condition: a number is given out once.</summary>
internal sealed class MemoryEvents(TimeProvider time)
{
    private readonly List<RunEvent> _all = [];

    public IReadOnlyList<RunEvent> All => _all;

    public IEventStore For(Func<Task> turn) => new View(this, turn, time);

    private sealed class View(MemoryEvents events, Func<Task> turn, TimeProvider time) : IEventStore
    {
        public DateTimeOffset Now => time.GetUtcNow();

        public string PlaceOf(string runId) => runId;

        public async Task<IReadOnlyList<RunEvent>> ReadAsync(string runId, int after, CancellationToken cancellationToken)
        {
            await turn();
            return [.. events._all.Skip(after)];
        }

        public async Task<bool> TryAppendAsync(string runId, RunEvent next, CancellationToken cancellationToken)
        {
            await turn();
            if (events._all.Count != next.Number - 1)
            {
                return false;
            }

            events._all.Add(next);
            return true;
        }
    }
}
