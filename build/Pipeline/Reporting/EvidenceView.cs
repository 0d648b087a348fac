using BuildPipeline.Evidence;
using BuildPipeline.Terminal;
using Spectre.Console;

namespace BuildPipeline.Reporting;

/// <summary>Shows what the validator found, one line a check.</summary>
public static class EvidenceView
{
    /// <summary>Shows it.</summary>
    public static void Show(IAnsiConsole console, EvidenceRecord evidence)
    {
        foreach (var finding in evidence.Findings)
        {
            var line = $"{finding.Check}: {finding.Detail}";
            if (!finding.Checked)
            {
                console.Warn($"{finding.Check}, not checked: {finding.Detail}");
            }
            else if (finding.Passed)
            {
                console.Done(line);
            }
            else
            {
                console.Failed(line);
            }
        }
    }
}
