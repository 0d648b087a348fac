using System.Globalization;
using System.Xml.Linq;

namespace BuildPipeline.Reporting;

/// <summary>Adds up the test runner's result files.</summary>
public static class TestCounts
{
    /// <summary>One plain line, <c>N passed, N failed, N skipped</c>.</summary>
    /// <param name="folder">Folder of the runner's <c>.trx</c> files.</param>
    public static string Read(string folder)
    {
        var counters = Directory.EnumerateFiles(folder, "*.trx")
            .SelectMany(file => XDocument.Load(file).Descendants().Where(element => element.Name.LocalName == "Counters"))
            .ToList();
        int Sum(string name) => counters.Sum(counter => int.Parse(counter.Attribute(name)!.Value, CultureInfo.InvariantCulture));
        return $"{Sum("passed")} passed, {Sum("failed")} failed, {Sum("total") - Sum("executed")} skipped";
    }
}
