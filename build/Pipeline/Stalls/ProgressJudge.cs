namespace BuildPipeline.Stalls;

/// <summary>Judges how a job gets on, by the age and step rate of its newest complete checkpoint against the run's own rhythm.</summary>
public static class ProgressJudge
{
    /// <summary>So many times the time in which a checkpoint is due, and the job is slow.</summary>
    public const double SlowFactor = 2;

    /// <summary>As <see cref="SlowFactor"/>, and the job has stalled.</summary>
    public const double StallFactor = 3;

    /// <summary>Of these, the median is the rhythm: a single long one does not change it.</summary>
    private const int Recent = 5;

    /// <summary>So many earlier rates are compared with.</summary>
    private const int LeastRates = 3;

    /// <summary>The verdict. Where the job does not train, or no rhythm is known, it is fine.</summary>
    public static ProgressVerdict Judge(ProgressLook look)
    {
        var saved = StepsForward(look);
        var gaps = Gaps(look, saved);
        var newest = saved.Count > 0 ? saved[^1] : null;
        if (look.Training is not [.., { To: null, From: var since }])
        {
            return Fine(look, newest);
        }

        var isFirst = newest is null || newest.At < since;
        var from = isFirst ? since : newest!.At;
        var age = look.Now > from ? look.Now - from : TimeSpan.Zero;
        var fine = Fine(look, newest) with { AtRiskSeconds = age.TotalSeconds, DoneAt = DoneAt(look, newest, gaps, isFirst ? since + look.ExpectedRestart : from) };
        // After its last step it evaluates and writes its model, and saves no more.
        if (newest?.Step >= look.TotalSteps || Rhythm(look, gaps) is not { } rhythm)
        {
            return fine;
        }

        var due = Longer(isFirst ? rhythm + look.ExpectedRestart : rhythm, look.ShortestStall / StallFactor);
        var verdict = fine with { DueSeconds = due.TotalSeconds, StalledAt = from + (due * StallFactor) };
        return age >= due * StallFactor ? Late(verdict, ProgressState.Stalled, look, age, due) with { DoneAt = null }
            : age >= due * SlowFactor ? Late(verdict, ProgressState.Slow, look, age, due)
            : SlowSteps(gaps) is var (rate, before) ? verdict with
            {
                State = ProgressState.Slow, Cause = StallCause.SlowSteps,
                Why = Text($"The newest checkpoint came at {rate:0.##} steps a second; before, it was {before:0.##}."),
            }
            : verdict;
    }

    private static ProgressVerdict Fine(ProgressLook look, SavedStep? newest) =>
        new() { State = ProgressState.Fine, At = look.Now, CheckpointStep = newest?.Step, CheckpointAt = newest?.At, AtRiskSeconds = 0 };

    private static ProgressVerdict Late(ProgressVerdict verdict, ProgressState state, ProgressLook look, TimeSpan age, TimeSpan due)
    {
        var cause = CauseOf(look, due);
        var newest = verdict.CheckpointStep is { } step ? $"; the newest is of step {step}" : "";
        var log = cause switch
        {
            StallCause.NotSaved => $" The log shows step {look.Log!.Step}, so the program trains: it does not save, or its checkpoints do not reach S3.",
            StallCause.NoSteps => " The log shows no further step either: the program hangs.",
            _ => "",
        };
        return verdict with
        {
            State = state, Cause = cause,
            Why = $"No complete checkpoint for {age.InWords()} of training{newest}. By the run's own rhythm one is due within {due.InWords()}.{log}",
        };
    }

    // Only what was seen: a step that was there at the first look may be old.
    private static StallCause? CauseOf(ProgressLook look, TimeSpan due) =>
        look.Log is not { } log ? null
        : log.ChangedAt is { } changed && look.Now - changed <= due ? StallCause.NotSaved
        : look.Now - (log.ChangedAt ?? log.Since) > due ? StallCause.NoSteps
        : null;

    // One that saves no later step than before is no progress, except the first after a restart.
    private static List<SavedStep> StepsForward(ProgressLook look)
    {
        var forward = new List<SavedStep>();
        foreach (var saved in look.Saved.OrderBy(saved => saved.At).ThenBy(saved => saved.Step))
        {
            if (forward.Count == 0 || saved.Step > forward[^1].Step || !SharePeriod(look, forward[^1], saved))
            {
                forward.Add(saved);
            }
        }

        return forward;
    }

    private static List<Gap> Gaps(ProgressLook look, List<SavedStep> saved) =>
        [.. saved.Zip(saved.Skip(1)).Where(pair => SharePeriod(look, pair.First, pair.Second)).Select(pair => new Gap(pair.Second.Step - pair.First.Step, pair.Second.At - pair.First.At))];

    private static bool SharePeriod(ProgressLook look, SavedStep one, SavedStep other) => look.Training.Any(period => period.Has(one.At) && period.Has(other.At));

    private static TimeSpan? Rhythm(ProgressLook look, List<Gap> gaps)
    {
        TimeSpan? asked = look.AskedSeconds is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : null;
        return gaps.Count == 0 || (asked is null && gaps.Count < LeastRates) ? asked : Longer(asked ?? TimeSpan.Zero, TimeSpan.FromSeconds(Median(gaps.TakeLast(Recent).Select(gap => gap.Length.TotalSeconds))));
    }

    private static (double Rate, double Before)? SlowSteps(List<Gap> gaps)
    {
        var rates = gaps.Where(gap => gap.Length > TimeSpan.Zero).Select(gap => gap.Steps / gap.Length.TotalSeconds).ToList();
        return rates.Count > LeastRates && Median(rates.SkipLast(1).TakeLast(Recent)) is var before && rates[^1] * SlowFactor <= before ? (rates[^1], before) : null;
    }

    private static DateTimeOffset? DoneAt(ProgressLook look, SavedStep? newest, List<Gap> gaps, DateTimeOffset from)
    {
        var (steps, seconds) = (gaps.TakeLast(Recent).Sum(gap => gap.Steps), gaps.TakeLast(Recent).Sum(gap => gap.Length.TotalSeconds));
        if (newest is null || look.TotalSteps is not { } total || steps <= 0 || seconds <= 0)
        {
            return null;
        }

        var left = Math.Max(0, total - newest.Step) * seconds / steps;
        return left > TimeSpan.FromDays(365).TotalSeconds ? null : Later(from + TimeSpan.FromSeconds(left), look.Now);
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static string Text(FormattableString text) => FormattableString.Invariant(text);

    private sealed record Gap(int Steps, TimeSpan Length);
}
