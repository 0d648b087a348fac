using BuildPipeline.Policies;

namespace BuildPipeline.Reporting.Receipts;

/// <summary>The section on an organisation's own rules: their findings, those that weigh most first.</summary>
internal static class PolicySection
{
    /// <summary>The section.</summary>
    public static Section Create(PolicyCheck check) => new(
        "Policy findings",
        [
            new Paragraph(Text.From($"{Text.Own(Counted.Format(check.Findings.Count, "finding"))} of {Text.Value(check.Command)}. The approval covers rule, owner and severity of each.")),
            .. check.Findings.Count == 0 ? [] : new Block[] { Findings(check.Findings) },
        ]);

    private static Table Findings(IReadOnlyList<PolicyFinding> findings) => new(
        [new("severity"), new("rule"), new("owner"), new("finding")],
        [
            .. findings.OrderByDescending(finding => finding.Severity).Select(finding => (IReadOnlyList<Text>)
            [
                Text.Own(Format.Words(finding.Severity)), Text.Value(finding.Id), Text.Foreign(finding.Owner), Text.Foreign(finding.Message),
            ]),
        ]);
}
