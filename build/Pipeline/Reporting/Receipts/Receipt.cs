namespace BuildPipeline.Reporting.Receipts;

/// <summary>How a run is, for a symbol and a colour.</summary>
public enum Tone
{
    /// <summary>It has a valid result.</summary>
    Good,

    /// <summary>It has a result that somebody has to judge.</summary>
    Warning,

    /// <summary>It failed.</summary>
    Bad,

    /// <summary>It was refused.</summary>
    Refused,

    /// <summary>It waits for somebody.</summary>
    Waiting,

    /// <summary>It is under way.</summary>
    Running,
}

/// <summary>The receipt of a run as it is read, before it is Markdown or HTML.</summary>
/// <param name="Tone">How the run is.</param>
/// <param name="Sentence">Outcome, dollars, time and what to do.</param>
/// <param name="Lead">What comes before the first section.</param>
/// <param name="Sections">The sections, in order.</param>
public sealed record Receipt(Tone Tone, Text Sentence, IReadOnlyList<Block> Lead, IReadOnlyList<Section> Sections)
{
    /// <summary>The receipt of a run; every figure is one of <c>run.json</c>, or follows from such.</summary>
    /// <param name="run">The run.</param>
    /// <param name="report">What the receipt has beside the record.</param>
    public static Receipt Create(Runs.RunRecord run, RunReport report) => new(
        Verdict.ToneOf(run),
        Verdict.Sentence(run, report.WrittenAt),
        [.. LeadSection.Blocks(run, report)],
        [
            .. MoneySections.Create(run, report),
            .. run.PolicyCheck is { } check ? [PolicySection.Create(check)] : Array.Empty<Section>(),
            .. run is { WhatIf: { } ways, Attempts.Count: 0 } ? [WhatIfSection.Create(ways)] : Array.Empty<Section>(),
            .. TimeSections.Create(run, report),
            .. EvidenceSections.Create(run),
            .. OriginSections.Create(run, report),
        ]);
}

/// <summary>A section of a receipt.</summary>
public sealed record Section(Text Title, IReadOnlyList<Block> Blocks)
{
    /// <summary>A section whose title is written here.</summary>
    public Section(string title, params IReadOnlyList<Block> blocks)
        : this(Text.Own(title), blocks)
    {
    }
}
