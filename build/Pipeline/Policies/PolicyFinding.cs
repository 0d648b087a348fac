namespace BuildPipeline.Policies;

/// <summary>How much a finding weighs.</summary>
public enum PolicySeverity
{
    /// <summary>Something to know.</summary>
    Info,

    /// <summary>Something that an approver should judge.</summary>
    Warning,

    /// <summary>The run is refused.</summary>
    Deny,
}

/// <summary>What one rule of an organisation says of a run.</summary>
/// <param name="Id">ID of the rule.</param>
/// <param name="Owner">Who answers for the rule, for example a team.</param>
/// <param name="Severity">How much it weighs.</param>
/// <param name="Message">A sentence for people; it ends before what looks like a secret.</param>
public sealed record PolicyFinding(string Id, string Owner, PolicySeverity Severity, string Message);

/// <summary>What an organisation's own rules say of a run.</summary>
/// <param name="Command">The command that asked them.</param>
/// <param name="Findings">The findings, in the order of the command's output.</param>
public sealed record PolicyCheck(string Command, IReadOnlyList<PolicyFinding> Findings)
{
    /// <summary>What an approval covers of it. Messages are left out: they may name times and amounts.</summary>
    public PolicyScope Scope() => new(
        Command,
        [.. Findings.Select(finding => new PolicyRule(finding.Id, finding.Owner, finding.Severity)).Distinct()
            .OrderBy(rule => rule.Id, StringComparer.Ordinal).ThenBy(rule => rule.Owner, StringComparer.Ordinal).ThenBy(rule => rule.Severity)]);

    /// <summary>Refuses a run that a rule denies.</summary>
    /// <exception cref="PipelineException">One does (exit code 3).</exception>
    public void RequireAllowed()
    {
        if (Findings.Where(finding => finding.Severity == PolicySeverity.Deny).Select(finding => $"{finding.Id} ({finding.Owner}): {finding.Message}").ToList() is { Count: > 0 } denied)
        {
            throw new PipelineException(PolicyErrors.Denied, $"The rules of {Command} refuse this run:\n  {string.Join("\n  ", denied)}");
        }
    }
}

/// <summary>What an approval covers of an organisation's rules.</summary>
/// <param name="Command">The command that asked them.</param>
/// <param name="Rules">The rules that had findings, sorted.</param>
public sealed record PolicyScope(string Command, IReadOnlyList<PolicyRule> Rules);

/// <summary>A rule that had findings.</summary>
/// <param name="Id">ID of the rule.</param>
/// <param name="Owner">Who answers for it.</param>
/// <param name="Severity">How much its finding weighs.</param>
public sealed record PolicyRule(string Id, string Owner, PolicySeverity Severity);
