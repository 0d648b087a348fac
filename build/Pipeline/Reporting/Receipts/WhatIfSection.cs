using BuildPipeline.Approvals.Comments;
using BuildPipeline.Costing;

namespace BuildPipeline.Reporting.Receipts;

/// <summary>The section on other ways to do the work: each with the variables that select it and its own digest.</summary>
internal static class WhatIfSection
{
    /// <summary>The section.</summary>
    public static Section Create(WhatIfRecord record) => new(
        "What if",
        [
            new Paragraph(Text.Own(WhatIfText.Legend(record))),
            new Table(
                [new("nodes"), new("expected", true), new("at most", true), new("done after", true), new("late", true), new("selected by"), new("to approve")],
                [
                    .. record.Lines.Select(line => (IReadOnlyList<Text>)
                    [
                        Text.Foreign(WhatIfText.Nodes(line)), Text.Own($"{line.Expected}"), Text.Own($"{line.Ceiling}"), Text.Own(WhatIfText.Finish(line)), Text.Own(WhatIfText.Late(line)),
                        line.Variables.Count == 0 ? Text.Own("as configured") : Text.Value(WhatIfText.Options(line)), Approval(line),
                    ]),
                ]),
        ]);

    private static Text Approval(WhatIfLine line) => line switch
    {
        { Variables.Count: 0 } => Text.Own("as this run"),
        { Digest: { } digest, RunId: { } run } => Text.From($"{Text.Value(line.ContentDigest is { } content ? CommentCommand.ToApprove(content, line.Ceiling) : digest)}, run {Text.Value(run)}"),
        _ => Text.Foreign(line.Problem ?? ""),
    };
}
