using BuildPipeline.Costing;
using BuildPipeline.Terminal;
using Spectre.Console;

namespace BuildPipeline.Reporting;

/// <summary>Shows other ways to do the work of a run.</summary>
public static class WhatIfView
{
    /// <summary>Shows a table, then how each way is selected and approved.</summary>
    /// <param name="console">The terminal.</param>
    /// <param name="record">The ways.</param>
    /// <param name="command">The command that approves and launches one.</param>
    public static void Show(IAnsiConsole console, WhatIfRecord record, Func<WhatIfLine, string> command)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("").AddColumn("What if");
        foreach (var header in new[] { "Expected", "At most", "Done after", "Late" })
        {
            table.AddColumn(new TableColumn(header).RightAligned().NoWrap());
        }

        foreach (var (index, line) in record.Lines.Index())
        {
            table.AddRow(index == 0 ? "▶" : $"{index}", Markup.Escape(WhatIfText.Nodes(line)), $"{line.Expected}", $"{line.Ceiling}", WhatIfText.Finish(line), WhatIfText.Late(line));
        }

        console.Write(table);
        console.Remark(WhatIfText.Legend(record));
        foreach (var (index, line) in record.Lines.Index().Skip(1))
        {
            console.Say($"{index}: {WhatIfText.Options(line)}\n  {(line.Problem is { } problem ? InertText.OneLine(problem) : command(line))}");
        }
    }
}
