using System.Globalization;
using System.Xml.Linq;

namespace BuildPipeline.Reporting;

/// <summary>Adds up the result files of the test runners.</summary>
public static class TestCounts
{
    /// <summary>One plain line, <c>N passed, N failed, N skipped</c>.</summary>
    /// <param name="folder">Folder of the files: <c>.trx</c> of .NET, <c>.junit.xml</c> of Python.</param>
    public static string Read(string folder)
    {
        var counts = Elements(folder, "*.trx", "Counters").Select(OfTrx).Concat(Elements(folder, "*.junit.xml", "testsuite").Select(OfJUnit)).ToList();
        return $"{counts.Sum(count => count.Passed)} passed, {counts.Sum(count => count.Failed)} failed, {counts.Sum(count => count.Skipped)} skipped";
    }

    private static IEnumerable<XElement> Elements(string folder, string pattern, string name) =>
        Directory.EnumerateFiles(folder, pattern).SelectMany(file => XDocument.Load(file).Descendants().Where(element => element.Name.LocalName == name));

    private static (int Passed, int Failed, int Skipped) OfTrx(XElement counters) =>
        (Number(counters, "passed"), Number(counters, "failed"), Number(counters, "total") - Number(counters, "executed"));

    private static (int Passed, int Failed, int Skipped) OfJUnit(XElement suite)
    {
        var (failed, skipped) = (Number(suite, "failures") + Number(suite, "errors"), Number(suite, "skipped"));
        return (Number(suite, "tests") - failed - skipped, failed, skipped);
    }

    private static int Number(XElement element, string name) => int.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);
}
