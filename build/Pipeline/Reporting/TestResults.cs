using System.Globalization;
using System.Xml.Linq;

namespace BuildPipeline.Reporting;

/// <summary>Reads the result files of the test runners: <c>.trx</c> of .NET, <c>.junit.xml</c> of Python.</summary>
public static class TestResults
{
    /// <summary>One plain line, <c>N passed, N failed, N skipped</c>.</summary>
    /// <param name="folder">Folder of the files.</param>
    public static string Counts(string folder)
    {
        var counts = Elements(folder, "*.trx", "Counters").Select(OfTrx).Concat(Elements(folder, "*.junit.xml", "testsuite").Select(OfJUnit)).ToList();
        return $"{counts.Sum(count => count.Passed)} passed, {counts.Sum(count => count.Failed)} failed, {counts.Sum(count => count.Skipped)} skipped";
    }

    /// <summary>The tests that failed, by name, each with what its runner said of it.</summary>
    /// <param name="folder">Folder of the files.</param>
    public static IReadOnlyList<FailedTest> Failed(string folder) =>
    [
        .. Elements(folder, "*.trx", "UnitTestResult").Where(result => (string?)result.Attribute("outcome") == "Failed").Select(OfTrxResult)
            .Concat(Elements(folder, "*.junit.xml", "testcase").SelectMany(OfJUnitCase))
            .OrderBy(test => test.Name, StringComparer.Ordinal),
    ];

    private static FailedTest OfTrxResult(XElement result) =>
        new(result.Attribute("testName")!.Value, Text(result, "Message") + "\n" + Text(result, "StackTrace"));

    private static IEnumerable<FailedTest> OfJUnitCase(XElement test) =>
        from outcome in test.Elements()
        where outcome.Name.LocalName is "failure" or "error"
        select new FailedTest($"{test.Attribute("classname")!.Value}.{test.Attribute("name")!.Value}", outcome.Value);

    private static string Text(XElement result, string name) =>
        result.Descendants().FirstOrDefault(element => element.Name.LocalName == name)?.Value ?? "";

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

/// <summary>A test that failed.</summary>
/// <param name="Name">Its whole name.</param>
/// <param name="Reason">What its runner said: message and place, over several lines.</param>
public sealed record FailedTest(string Name, string Reason);
