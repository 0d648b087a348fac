using System.Text;
using System.Text.Json.Nodes;
using BuildPipeline.JobLogs;
using BuildPipeline.Tracking;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace BuildPipeline.Pipeline.Tests.Tracking;

public sealed class RunDifferenceTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void Given_what_a_tracker_has_When_compared_Then_only_the_rest_is_sent_and_a_parameter_is_never_changed()
    {
        var known = new KnownRun { State = TrackedState.Running };
        known.Params["lr"] = "0.2";
        known.Tags["pipeline.run_id"] = "r";
        known.Tags["pipeline.attempts"] = "1";
        known.Metrics.Add(new MetricKey("loss", 1, Start.ToUnixTimeMilliseconds()));

        var difference = RunDifference.Between(known, Run([Point("loss", 1, 0, 9), Point("loss", 1, 500, 2), Point("loss", 2, 1000, 1)]));

        Assert.Equal(["seed"], difference.Params.Select(entry => entry.Key));
        Assert.Equal(["lr"], difference.Conflicts);
        Assert.Equal([new("pipeline.attempts", "3")], difference.Tags);
        Assert.Equal([(1L, 2d), (2L, 1d)], difference.Metrics.Select(point => (point.Step, point.Value)));
        Assert.Equal(TrackedState.Finished, difference.State);
    }

    // A server that was down, restarted or whose answers got lost; a second process that starts anew; logs that grow: at the end all is there once.
    [Property(MaxTest = 200)]
    public Property Given_any_sequence_of_requests_and_losses_When_it_is_caught_up_Then_each_value_was_accepted_once_and_none_is_missing() => Prop.ForAll(
        ArbMap.Default.ArbFor<PositiveInt>(),
        ArbMap.Default.ArbFor<byte[]>(),
        (size, turns) =>
        {
            var all = Enumerable.Range(0, size.Get * 20).Select(number => Point($"m{number % 3}", number / 4, number, number)).ToList();
            var (server, process, accepted) = (new KnownRun(), new KnownRun(), new List<MetricKey>());
            foreach (var (step, turn) in turns.Append((byte)0).Index())
            {
                var whole = step == turns.Length;
                var difference = RunDifference.Between(process, Run([.. whole ? all : all.Take(all.Count * (step + 1) / (turns.Length + 1))]));
                var lost = turn % 4;
                if (!whole && lost == 1)
                {
                    continue; // down
                }

                accepted.AddRange(difference.Metrics.Select(MetricKey.From));
                server.Add(difference);

                // The answer is lost, or another process continues: both read what the server has.
                process = whole || lost != 2 ? process : new KnownRun();
                process.Add(lost == 2 ? RunDifference.Between(new KnownRun(), Run([.. all.Where(point => server.Metrics.Contains(MetricKey.From(point)))])) : difference);
            }

            return accepted.Distinct().Count() == accepted.Count && server.Metrics.SetEquals(all.Select(MetricKey.From))
                && RunDifference.Between(server, Run(all)) is { IsEmpty: true };
        });

    [Property(MaxTest = 50)]
    public Property Given_any_number_of_entries_When_cut_into_requests_Then_each_is_within_MLflows_limits_and_all_are_there_in_order() => Prop.ForAll(
        ArbMap.Default.ArbFor<NonNegativeInt>(), ArbMap.Default.ArbFor<NonNegativeInt>(), ArbMap.Default.ArbFor<NonNegativeInt>(),
        (metrics, parameters, length) =>
        {
            var value = new string('"', length.Get * 200 % 6000);
            var difference = RunDifference.Between(new KnownRun(), Run([.. Enumerable.Range(0, metrics.Get * 37).Select(number => Point("loss", number, number, number))]) with
            {
                Params = Enumerable.Range(0, parameters.Get * 7).ToDictionary(number => $"p{number}", _ => value),
                Tags = Enumerable.Range(0, parameters.Get * 5).ToDictionary(number => $"t{number}", _ => value),
            });

            var requests = MlflowBatch.Create("run", difference).ToList();

            return requests.TrueForAll(IsWithinLimits)
                && requests.SelectMany(request => request["metrics"]!.AsArray()).Select(metric => (long)metric!["step"]!).SequenceEqual(difference.Metrics.Select(point => point.Step))
                && requests.Sum(request => request["params"]!.AsArray().Count) == difference.Params.Count
                && requests.Sum(request => request["tags"]!.AsArray().Count) == difference.Tags.Count;
        });

    private static bool IsWithinLimits(JsonObject request)
    {
        var (metrics, parameters, tags) = (request["metrics"]!.AsArray().Count, request["params"]!.AsArray().Count, request["tags"]!.AsArray().Count);
        return metrics <= 1000 && parameters <= 100 && tags <= 100 && metrics + parameters + tags is > 0 and <= 1000
            && Encoding.UTF8.GetByteCount(request.ToJsonString(RunJson.Compact)) <= 1_000_000;
    }

    private static MetricPoint Point(string name, long step, int milliseconds, double value) => new(name, step, Start.AddMilliseconds(milliseconds), value);

    private static TrackedRun Run(IReadOnlyList<MetricPoint> metrics) => new()
    {
        RunId = "r",
        Name = "job",
        StartedAt = Start,
        State = TrackedState.Finished,
        EndedAt = Start.AddHours(1),
        Params = new Dictionary<string, string> { ["lr"] = "0.1", ["seed"] = "7" },
        Tags = new Dictionary<string, string> { ["pipeline.run_id"] = "r", ["pipeline.attempts"] = "3" },
        Metrics = metrics,
    };
}
