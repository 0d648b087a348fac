using BuildPipeline.Sandbox.CloudWatch.Metrics;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.CloudWatch.Alarms;

/// <summary>Evaluates metric alarms when they are due; it sleeps until then, and while there are none.</summary>
internal sealed partial class AlarmMonitor(
    PerRegion<AlarmStore> stores, PerRegion<MetricStore> metrics, AlarmStates states, TimeProvider time, ILogger<AlarmMonitor> logger)
    : IHostedService, IDisposable
{
    private const int Minute = 60;

    private readonly Lock _gate = new();
    private ITimer? _timer;
    private long _next = long.MaxValue;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _timer = time.CreateTimer(_ => Evaluate(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Schedule();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        return Task.CompletedTask;
    }

    public void Dispose() => _timer?.Dispose();

    /// <summary>Sets the next evaluation; to be called where alarms were put or deleted.</summary>
    public void Schedule()
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            int[] intervals = [.. MetricAlarms.Select(alarm => alarm.Metric!.Interval)];

            // An evaluation that is due and has not started stays due.
            _next = intervals.Length == 0 ? long.MaxValue : Math.Min(_next, intervals.Min(interval => Last(now, interval) + interval));
            _timer?.Change(
                _next == long.MaxValue ? Timeout.InfiniteTimeSpan : Later(DateTimeOffset.FromUnixTimeSeconds(_next) - now), Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Evaluates all metric alarms as they will be in each of the coming minutes if nothing more is published; the next evaluation takes them back.</summary>
    public void Foresee(AlarmForecast forecast)
    {
        var start = Last(time.GetUtcNow(), Minute);
        for (var minute = 1; minute <= forecast.Minutes; minute++)
        {
            foreach (var alarm in MetricAlarms)
            {
                Evaluate(alarm, start + ((long)minute * Minute));
            }
        }
    }

    private IEnumerable<Alarm> MetricAlarms => stores.All.SelectMany(store => store.Alarms).Where(alarm => alarm.Metric is not null);

    private static long Last(DateTimeOffset now, int interval) => now.ToUnixTimeSeconds() / interval * interval;

    private static TimeSpan Later(TimeSpan wait) => wait > TimeSpan.Zero ? wait : TimeSpan.Zero;

    private void Evaluate()
    {
        long due;
        DateTimeOffset now;
        lock (_gate)
        {
            // A timer can come a moment early.
            (due, now) = (_next, time.GetUtcNow());
            now = now.ToUnixTimeSeconds() < due ? DateTimeOffset.FromUnixTimeSeconds(due) : now;
            _next = long.MaxValue;
        }

        foreach (var alarm in MetricAlarms.Where(alarm => Last(now, alarm.Metric!.Interval) >= due))
        {
            try
            {
                Evaluate(alarm, Last(now, alarm.Metric!.Interval));
            }
            catch (Exception exception) when (exception is IOException or AwsError)
            {
                LogFailure(logger, exception, alarm.Name);
            }
        }

        Schedule();
    }

    /// <param name="until">The second after the last that is read, since 1970.</param>
    private void Evaluate(Alarm alarm, long until)
    {
        var condition = alarm.Metric!;
        var periods = condition.EvaluationPeriods + AlarmEvaluation.ExtraPeriods;
        var from = until - ((long)periods * condition.Period);
        var points = metrics.In(alarm.Region).Find(condition.Key, from, until).Where(point => condition.Unit is null || point.Unit == condition.Unit);
        var values = MetricStatistics.ByPeriod(points, condition.Period, condition.Statistic, origin: from).ToDictionary(value => value.Time);
        double?[] range = [.. Enumerable.Range(0, periods).Select(index => values.GetValueOrDefault(from + ((double)index * condition.Period))?.Value)];
        var state = AlarmEvaluation.Evaluate(condition, range, alarm.Status.State);
        if (state != alarm.Status.State)
        {
            MetricValue[] evaluated = [.. values.Values.OrderBy(value => value.Time).TakeLast(condition.EvaluationPeriods)];
            var reason = AlarmReason.Create(condition, evaluated, state, time.GetUtcNow());
            states.Enter(alarm.Region, alarm.Name, state, (reason.Text, reason.Data));
        }
    }

    [LoggerMessage(LogLevel.Error, "The alarm {Name} could not be evaluated")]
    private static partial void LogFailure(ILogger logger, Exception exception, string name);
}

/// <summary>How far to look ahead.</summary>
/// <param name="Minutes">From 1 to 1440.</param>
internal sealed record AlarmForecast(int Minutes)
{
    private const int Most = 1440;

    public int Minutes { get; } = Minutes is >= 1 and <= Most ? Minutes : throw new FormatException($"minutes must be from 1 to {Most}.");
}
