using System.Globalization;
using BuildPipeline.Costing;

namespace BuildPipeline.Reporting;

/// <summary>Other ways to do the work of a run, in words.</summary>
internal static class WhatIfText
{
    /// <summary>What the columns mean.</summary>
    public static string Legend(WhatIfRecord record) =>
        $"No line is worse than another in expected cost, finish and late together, but for the first, which is the run as it is configured. Late: not done {Durations.InWords(TimeSpan.FromHours(record.DueHours))} after submission, in simulations. Speed on other nodes is an assumption from data sheets.";

    /// <summary>The nodes of a line.</summary>
    public static string Nodes(WhatIfLine line) => $"{line.InstanceCount} x {line.InstanceType}, {(line.UseSpotInstances ? "managed spot" : "on-demand")}{(line.DeadlineHours is { } hours && line.UseSpotInstances ? $", deadline {Durations.InWords(TimeSpan.FromHours(hours))}" : "")}";

    /// <summary>When it is done, after submission.</summary>
    public static string Finish(WhatIfLine line) => Durations.InWords(TimeSpan.FromSeconds(line.FinishSeconds));

    /// <summary>How often it is late.</summary>
    public static string Late(WhatIfLine line) => line.Late.ToString("0.#%", CultureInfo.InvariantCulture);

    /// <summary>The options that select it.</summary>
    public static string Options(WhatIfLine line) => string.Join(' ', line.Variables.Select(variable => $"--var={variable}"));
}
