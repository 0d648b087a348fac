namespace BuildPipeline.Pipeline.Tests.Reporting;

/// <summary>The pictures of the documents.</summary>
public sealed class PictureTests
{
    [Fact]
    public void Given_ThePicturesOfTheDocuments_When_Read_Then_NoneNeedsCssVariables()
    {
        var pictures = Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.svg", SearchOption.AllDirectories);

        Assert.NotEmpty(pictures);
        Assert.All(pictures, picture => Assert.DoesNotContain("var(", File.ReadAllText(picture), StringComparison.Ordinal));
    }
}
