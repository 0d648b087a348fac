using BuildPipeline.Policies;
using BuildPipeline.Terminal;
using Spectre.Console;

namespace BuildPipeline.Reporting;

/// <summary>Shows what an organisation's own rules say of a run.</summary>
public static class PolicyView
{
    /// <summary>Shows it, one line a finding.</summary>
    public static void Show(IAnsiConsole console, PolicyCheck check)
    {
        console.Say($"Rules of {check.Command}: {Counted.Format(check.Findings.Count, "finding")}.");
        foreach (var finding in check.Findings)
        {
            var line = $"{Format.Words(finding.Severity)} {finding.Id} ({finding.Owner}): {InertText.OneLine(finding.Message)}";
            switch (finding.Severity)
            {
                case PolicySeverity.Deny:
                    console.Failed(line);
                    break;
                case PolicySeverity.Warning:
                    console.Warn(line);
                    break;
                default:
                    console.Say(line);
                    break;
            }
        }
    }
}
