using System.Globalization;
using System.Xml.Linq;

namespace BuildPipeline.Reporting;

/// <summary>What the result files of the test runners say: <c>.trx</c> of .NET, <c>.junit.xml</c> of Python.</summary>
/// <param name="Counts">One plain line, <c>N passed, N failed, N skipped</c>.</param>
/// <param name="Failed">The tests that failed, by name.</param>
public sealed record TestResults(string Counts, IReadOnlyList<FailedTest> Failed)
{
    /// <summary>Reads all result files of a folder.</summary>
    public static TestResults Read(string folder)
    {
        var (trx, junit) = (Documents(folder, "*.trx"), Documents(folder, "*.junit.xml"));
        var counts = Elements(trx, "Counters").Select(OfTrx).Concat(Elements(junit, "testsuite").Select(OfJUnit)).ToList();
        var failed = Elements(trx, "UnitTestResult").Where(result => (string?)result.Attribute("outcome") == "Failed").Select(OfTrxResult)
            .Concat(Elements(junit, "testcase").SelectMany(OfJUnitCase));
        return new(
            $"{counts.Sum(count => count.Passed)} passed, {counts.Sum(count => count.Failed)} failed, {counts.Sum(count => count.Skipped)} skipped",
            [.. failed.OrderBy(test => test.Name, StringComparer.Ordinal)]);
    }

    private static FailedTest OfTrxResult(XElement result) =>
        new(result.Attribute("testName")!.Value, Text(result, "Message") + "\n" + Text(result, "StackTrace"));

    private static IEnumerable<FailedTest> OfJUnitCase(XElement test) =>
        from outcome in test.Elements()
        where outcome.Name.LocalName is "failure" or "error"
        select new FailedTest($"{test.Attribute("classname")!.Value}.{test.Attribute("name")!.Value}", outcome.Value);

    private static string Text(XElement result, string name) =>
        result.Descendants().FirstOrDefault(element => element.Name.LocalName == name)?.Value ?? "";

    private static List<XDocument> Documents(string folder, string pattern) => [.. Directory.EnumerateFiles(folder, pattern).Select(file => XDocument.Load(file))];

    private static IEnumerable<XElement> Elements(IEnumerable<XDocument> documents, string name) =>
        documents.SelectMany(document => document.Descendants()).Where(element => element.Name.LocalName == name);

    private static (int Passed, int Failed, int Skipped) OfTrx(XElement counters) =>
        (Number(counters, "passed"), Number(counters, "failed"), Number(counters, "total") - Number(counters, "executed"));

    private static (int Passed, int Failed, int Skipped) OfJUnit(XElement suite)
    {
        var (failed, skipped) = (Number(suite, "failures") + Number(suite, "errors"), Number(suite, "skipped"));
        return (Number(suite, "tests") - failed - skipped, failed, skipped);
    }

    private static int Number(XElement element, string name) => int.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);
}

/// <summary>A test that failed.</summary>
/// <param name="Name">Its whole name.</param>
/// <param name="Reason">What its runner said: message and place, over several lines.</param>
public sealed record FailedTest(string Name, string Reason);
