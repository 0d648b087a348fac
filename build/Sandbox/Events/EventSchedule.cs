using System.Globalization;
using System.Text.RegularExpressions;

namespace BuildPipeline.Sandbox.Events;

/// <summary>How often a rule is to fire. The sandbox emulates rates, not cron expressions.</summary>
/// <remarks>https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html</remarks>
internal sealed partial record EventSchedule(TimeSpan Rate)
{
    /// <returns>Null for what is no rate, for example <c>rate(1 minutes)</c>.</returns>
    public static EventSchedule? Parse(string expression)
    {
        if (RateForm().Match(expression) is not { Success: true } match)
        {
            return null;
        }

        var value = int.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture);
        return value == 0 || (value == 1) == match.Groups["plural"].Success ? null : new EventSchedule(match.Groups["unit"].Value switch
        {
            "minute" => TimeSpan.FromMinutes(value),
            "hour" => TimeSpan.FromHours(value),
            _ => TimeSpan.FromDays(value),
        });
    }

    /// <summary>How many times it was due.</summary>
    /// <param name="since">When it was set.</param>
    public long CountAt(DateTimeOffset since, DateTimeOffset now) => Math.Max(0, (now - since).Ticks / Rate.Ticks);

    [GeneratedRegex(@"\Arate\((?<value>[0-9]{1,6}) (?<unit>minute|hour|day)(?<plural>s)?\)\z")]
    private static partial Regex RateForm();
}
