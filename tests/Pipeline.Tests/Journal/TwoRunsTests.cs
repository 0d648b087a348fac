using BuildPipeline.Aws;
using BuildPipeline.Journal;
using Microsoft.Extensions.Time.Testing;

namespace BuildPipeline.Pipeline.Tests.Journal;

/// <summary>Drivers of two runs of one environment, in any order of their calls: they race for the leases, stop, die and lose their leases in the middle.</summary>
public sealed class TwoRunsTests
{
    private const int Drivers = 5;
    private const int Steps = 3;

    [Fact]
    public void Given_DriversOfTwoRuns_When_Interleaved_Then_NoFencingNumberHasTwoDriversAndNoEventIsLost() => Race(0, 150);

    [Fact]
    [Trait("Tier", "all")]
    public void Given_TenThousandInterleavings_When_DriversOfTwoRunsRace_Then_NoFencingNumberHasTwoDriversAndNoEventIsLost() => Race(1000, 10_000);

    private static void Race(int firstSeed, int count)
    {
        var finished = 0;
        for (var seed = firstSeed; seed < firstSeed + count; seed++)
        {
            var race = new OneRace(seed);
            race.Run();
            finished += race.Finished;
        }

        // Some get through, in most orders more than one: nobody is kept out for ever.
        Assert.InRange(finished, count, count * Drivers);
    }

    private sealed class OneRace
    {
        private readonly int _seed;
        private readonly Random _random;
        private readonly Scheduler _scheduler = new();
        private readonly ConditionalBucket _bucket = new();
        private readonly FakeTimeProvider _clock = new(Sample.Noon);
        private readonly MemoryEvents[] _logs;
        private readonly List<(int Run, long Number, string Driver)> _acquired = [];
        private readonly List<(string Lease, long Number)> _turns = [];
        private readonly List<(int Run, string Kind)> _written = [];

        public OneRace(int seed)
        {
            (_seed, _random) = (seed, new Random(seed));
            _logs = [new(_clock), new(_clock)];
        }

        public int Finished { get; private set; }

        public void Run()
        {
            for (var driver = 0; driver < Drivers; driver++)
            {
                var number = driver;
                _scheduler.Start(() => DriveAsync(number, number % 2));
            }

            _scheduler.Run(_random, Dies);

            Assert.True(_scheduler.Failure is null, $"seed {_seed}: {_scheduler.Failure}");
            Assert.True(_acquired.DistinctBy(known => (known.Run, known.Number)).Count() == _acquired.Count, $"seed {_seed}: one number, two drivers");
            Assert.True(_turns.Distinct().Count() == _turns.Count, $"seed {_seed}: one turn, two processes");
            for (var run = 0; run < _logs.Length; run++)
            {
                var events = _logs[run].All;
                Assert.True(events.GroupBy(known => known.Fence).All(same => same.Select(known => known.Driver.Id).Distinct().Count() == 1), $"seed {_seed}: two drivers under one number");
                Assert.True(events.Zip(events.Skip(1)).All(pair => pair.First.Fence <= pair.Second.Fence), $"seed {_seed}: an older driver wrote after a newer one");
                Assert.Equal(_written.Where(known => known.Run == run).Select(known => known.Kind).Order(), events.Select(known => known.Kind).Where(kind => _written.Contains((run, kind))).Order());
            }
        }

        // A second of a driver's life is long: leases end while it is at work.
        private bool Dies(int driver)
        {
            if (_random.Next(25) == 0)
            {
                _clock.Advance(Lease.Duration);
            }

            return _random.Next(80) == 0;
        }

        private async Task DriveAsync(int driver, int run)
        {
            Task Turn() => _scheduler.TurnAsync(driver);
            var documents = new S3Documents(ScheduledBucket.For(_bucket, Turn), new NamedBucket("state"), _clock, Sample.Hints);
            using var lease = Lease.OfRun(documents, "dev", $"run-{run}", new FakeTimeProvider(Sample.Noon));
            var log = new EventLog(_logs[run].For(Turn), $"run-{run}", new Driver($"d{driver}", "m", ProcessIdentity.Current, "Launch"), null, version: 4);
            try
            {
                await log.ReadAsync(default);
                if (!(await lease.AcquireAsync("Launch", takeOver: false, default, log.HighestFence)).Acquired)
                {
                    return;
                }

                Note(_acquired, (run, lease.Number!.Value, $"d{driver}"));
                await log.HoldAsync(lease.Number, default);
                for (var step = 0; step < Steps; step++)
                {
                    await StepAsync(log, lease, documents, driver, run, step);
                }

                await lease.ReleaseAsync();
                Finished++;
            }
            catch (PipelineException stopped)
            {
                Assert.Equal(ExitCode.StillRunning, stopped.ExitCode);
            }
        }

        // The middle step needs the environment, which is given back at once.
        private async Task StepAsync(EventLog log, Lease lease, S3Documents documents, int driver, int run, int step)
        {
            using var environment = step == 1 ? Lease.OfEnvironment(documents, "dev", new FakeTimeProvider(Sample.Noon)) : null;
            if (environment is not null)
            {
                if (!(await environment.AcquireAsync("Launch", takeOver: false, default)).Acquired)
                {
                    throw new PipelineException(JournalErrors.InUse, "in use");
                }

                Note(_turns, ("dev", environment.Number!.Value));
            }

            await lease.EnsureHeldAsync(default);
            var kind = $"d{driver}-{step}";
            await log.AppendAsync(kind, state => { state["step"] = kind; return state; }, null, default);
            Note(_written, (run, kind));
            await (environment?.ReleaseAsync() ?? Task.CompletedTask);
        }

        private static void Note<T>(List<T> notes, T note)
        {
            lock (notes)
            {
                notes.Add(note);
            }
        }
    }
}
