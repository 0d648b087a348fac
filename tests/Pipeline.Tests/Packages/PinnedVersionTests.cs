using System.Text.Json;
using System.Xml.Linq;

namespace BuildPipeline.Pipeline.Tests.Packages;

/// <summary>The published Cake.Frosting brings what Cake.Tool of the same version brings; a lower pin does not restore with it.</summary>
public sealed class PinnedVersionTests
{
    [Fact]
    public void Given_DependenciesOfCake_When_ComparedWithThePins_Then_NoPinIsLower()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Cake.deps.json")));
        var needed = file.RootElement.GetProperty("libraries").EnumerateObject().Select(library => library.Name.Split('/')).ToDictionary(l => l[0], l => new Version(l[1]));
        var pinned = XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props"))
            .Descendants("PackageVersion")
            .ToDictionary(p => p.Attribute("Include")!.Value, p => new Version(p.Attribute("Version")!.Value));

        var shared = pinned.Where(pin => needed.ContainsKey(pin.Key)).ToList();

        Assert.Contains("Microsoft.Extensions.DependencyInjection", shared.Select(pin => pin.Key));
        Assert.DoesNotContain(shared, pin => pin.Value < needed[pin.Key]);
        Assert.Equal(pinned["Cake.Frosting"], needed["Cake.Core"]);
    }
}
