using BuildPipeline.Architecture;

namespace BuildPipeline.Sandbox.Tests.Architecture;

public sealed class FolderMatrixTests
{
    private const string Page =
        """
        # A page

        | Product | Top | Middle | Bottom |
        |---|:-:|:-:|:-:|
        | Top | | ● | ● |
        | Middle | | | ● |
        | Bottom | | | |

        Text.
        """;

    [Fact]
    public void Given_ATable_When_Read_Then_ItIsWrittenAsItWas()
    {
        var matrix = FolderMatrix.Read(Page, "Product")!;

        Assert.Equal(["Top", "Middle", "Bottom"], matrix.Folders);
        Assert.Contains(matrix.ToTable(), Page, StringComparison.Ordinal);
        Assert.Null(FolderMatrix.Read(Page, "Another"));
    }

    [Fact]
    public void Given_AnArrowThatFollowsFromOthers_When_Drawn_Then_ItIsLeftOut()
    {
        var picture = FolderMatrix.Read(Page, "Product")!.ToPicture();

        Assert.Contains("Top --> Middle", picture, StringComparison.Ordinal);
        Assert.DoesNotContain("Top --> Bottom", picture, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_ACycle_When_Read_Then_OneOfItsEntriesPointsUpward()
    {
        var matrix = FolderMatrix.Read(Page.Replace("| Bottom | | | |", "| Bottom | ● | | |", StringComparison.Ordinal), "Product")!;

        Assert.Equal(["Bottom -> Top"], matrix.Upward);
    }
}
