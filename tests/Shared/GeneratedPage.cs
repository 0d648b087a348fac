namespace BuildPipeline;

/// <summary>A page, or the end of one, that is written from the code.</summary>
internal static class GeneratedPage
{
    /// <summary>The first line of what a test project writes.</summary>
    /// <param name="project">Folder of the test project.</param>
    public static string MarkOf(string project) => $"<!-- Generated from the code: UPDATE_DOCS=1 dotnet test tests/{project} --filter Reference -->";

    /// <summary>The first line of a page of docs/reference.</summary>
    public static string Mark => MarkOf("Pipeline.Tests");

    /// <summary>True if the pages are to be written instead of compared only.</summary>
    public static bool IsUpdated => Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1";

    /// <summary>Compares the page with its text from the code. With UPDATE_DOCS=1, writes the page first.</summary>
    public static void AssertCurrent(string file, string text)
    {
        if (IsUpdated)
        {
            File.WriteAllText(file, text);
        }

        var (page, code) = (File.ReadAllLines(file), text.TrimEnd('\n').Split('\n'));
        Assert.True(
            page.SequenceEqual(code),
            $"{Path.GetFileName(file)} is not as the code has it. Not in the page:\n{string.Join('\n', code.Except(page))}\nNot in the code:\n{string.Join('\n', page.Except(code))}\nWrite it with UPDATE_DOCS=1, as its mark says.");
    }
}
