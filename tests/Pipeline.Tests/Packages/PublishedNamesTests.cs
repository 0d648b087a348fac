namespace BuildPipeline.Pipeline.Tests.Packages;

/// <summary>The published packages have more types than the stand-ins; no name in the code may collide with one of them.</summary>
public sealed class PublishedNamesTests
{
    [Theory]
    [InlineData("using Amazon.CloudWatchLogs.Model;", "throw new InvalidOperationException();", "InvalidOperationException")]
    [InlineData("using Amazon.CloudWatchLogs;", "static string Of(Type type) => type.Name;", "Type")]
    [InlineData("using Amazon.SageMaker.Model;\nusing Amazon.Runtime.Endpoints;", "Endpoint? found = null;", "Endpoint")]
    public void Given_NameThatThePublishedPackageHasToo_When_Searched_Then_ItIsNamed(string import, string code, string name)
    {
        string[] sources = [$"{import}\nnamespace BuildPipeline.Sample;\n{code}", $"{import}\nusing {name} = System.Object;\nnamespace BuildPipeline.Sample;\n{code}"];

        Assert.Equal([name], sources.SelectMany(source => PublishedNames.AmbiguousIn(source, PublishedNames.Declared([]))));
    }

    [Fact]
    public void Given_EverySource_When_Searched_Then_NoNameIsAmbiguousWithThePublishedPackages()
    {
        var files = new[] { "build/Pipeline", "build/Sandbox", "build/Worker", "build/Shared", "tests" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories))
            .ToDictionary(file => Path.GetRelativePath(Repository.Root, file), File.ReadAllText);
        var own = PublishedNames.Declared(files.Values);

        Assert.Contains(files.Values, text => text.Contains("using Amazon.CloudWatchLogs.Model;", StringComparison.Ordinal));
        var found = files.SelectMany(file => PublishedNames.AmbiguousIn(file.Value, own).Select(name => $"{file.Key}: {name}")).ToList();
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Theory]
    [MemberData(nameof(StandIns.All), MemberType = typeof(StandIns))]
    public void Given_ReferencedAssembly_When_Compared_Then_ThePublishedPackageHasEachOfItsTypes(Type type)
    {
        var types = type.Assembly.GetExportedTypes().Where(t => !t.IsNested && !(t.Name.EndsWith("Request", StringComparison.Ordinal) || t.Name.EndsWith("Response", StringComparison.Ordinal)));

        Assert.Empty(types.Where(t => !PublishedNames.Table[t.Namespace!].Contains(t.Name.Split('`')[0])).Select(t => t.FullName));
    }
}
