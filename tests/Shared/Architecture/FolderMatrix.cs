namespace BuildPipeline.Architecture;

/// <summary>Which folder may use which: a table in docs/architecture.md, rows use columns, and its picture.</summary>
/// <param name="Title">The first cell of the table's header, and the name of the picture.</param>
/// <param name="Folders">From the top layer down.</param>
internal sealed record FolderMatrix(string Title, IReadOnlyList<string> Folders, IReadOnlySet<(string From, string To)> Allowed)
{
    private const string Mark = "●";

    /// <returns>Null if the page has no table of that title.</returns>
    public static FolderMatrix? Read(string page, string title)
    {
        var lines = page.Split('\n').SkipWhile(line => !line.StartsWith($"| {title} |", StringComparison.Ordinal)).TakeWhile(line => line.StartsWith('|')).ToList();
        if (lines.Count == 0)
        {
            return null;
        }

        var columns = Cells(lines[0])[1..];
        var rows = lines.Skip(2).Select(Cells).ToList();
        var allowed = rows.SelectMany(row => columns.Zip(row[1..]).Where(cell => cell.Second.Length > 0).Select(cell => (row[0], cell.First)));
        return new FolderMatrix(title, [.. rows.Select(row => row[0])], allowed.ToHashSet());
    }

    /// <summary>The matrix of what is used now. A cycle comes out as a mark below the diagonal.</summary>
    public static FolderMatrix Of(FolderGraph graph, string parent)
    {
        var uses = graph.UsesIn(parent).Keys.ToHashSet();
        var left = graph.ChildrenOf(parent).ToList();
        var ordered = new List<string>();
        while (left.Count > 0)
        {
            var next = left.Find(folder => !uses.Any(use => use.To == folder && left.Contains(use.From))) ?? left[0];
            left.Remove(next);
            ordered.Add(next);
        }

        return new FolderMatrix(graph.TitleOf(parent), ordered, uses);
    }

    /// <summary>Entries that point up, to a folder that is not below their own: without any, there is no cycle.</summary>
    public IEnumerable<string> Upward => Allowed
        .Where(entry => Folders.Index().First(folder => folder.Item == entry.From).Index >= Folders.Index().First(folder => folder.Item == entry.To).Index)
        .Select(entry => $"{entry.From} -> {entry.To}");

    public string ToTable() => string.Join('\n',
    [
        $"| {Title} | {string.Join(" | ", Folders)} |",
        $"|---|{string.Concat(Folders.Select(_ => ":-:|"))}",
        .. Folders.Select(row => $"| {row} |{string.Concat(Folders.Select(column => Allowed.Contains((row, column)) ? $" {Mark} |" : " |"))}"),
    ]);

    /// <summary>A Mermaid picture. An arrow is left out where a way over other folders says the same.</summary>
    public string ToPicture()
    {
        var arrows = Folders.SelectMany(from => Folders.Where(to => Allowed.Contains((from, to)) && !IsImplied(from, to)).Select(to => $"  {from} --> {to}"));
        return string.Join('\n', ["```mermaid", $"%% {Title}", "flowchart TD", .. arrows, "```"]);
    }

    private bool IsImplied(string from, string to) =>
        Folders.Any(between => between != to && Allowed.Contains((from, between)) && Reaches(between, to));

    private bool Reaches(string from, string to) =>
        Allowed.Contains((from, to)) || Folders.Any(next => next != from && Allowed.Contains((from, next)) && Reaches(next, to));

    private static string[] Cells(string line) => [.. line.Trim().Trim('|').Split('|').Select(cell => cell.Trim())];
}
