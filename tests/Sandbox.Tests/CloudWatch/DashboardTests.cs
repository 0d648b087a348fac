using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.CloudWatch.Dashboards;
using BuildPipeline.Sandbox.Tests.Models;

namespace BuildPipeline.Sandbox.Tests.CloudWatch;

public sealed class DashboardTests : IDisposable
{
    private readonly CloudWatchHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    [Effect("PutDashboard", "DashboardName", "DashboardBody")]
    [Effect("GetDashboard", "DashboardName")]
    [Effect("ListDashboards", "DashboardNamePrefix", "NextToken")]
    [Effect("DeleteDashboards", "DashboardNames")]
    public async Task Given_dashboards_When_put_listed_and_deleted_Then_names_and_pages_decide()
    {
        var service = _harness.Service;
        const string Body = """{"widgets":[{"type":"text","properties":{"markdown":"hello"}}]}""";
        var input = (string name) => new JsonObject { ["DashboardName"] = name, ["DashboardBody"] = Body }.ToJsonString();
        await service.CallAsync("PutDashboard", input("team-a"));
        await service.CallAsync("PutDashboard", input("other"));

        Assert.Equal(Body, (string)(await service.CallAsync("GetDashboard", """{"DashboardName":"team-a"}"""))["DashboardBody"]!);
        Assert.Equal(
            "arn:aws:cloudwatch::000000000000:dashboard/team-a",
            (string)Assert.Single((await service.CallAsync("ListDashboards", """{"DashboardNamePrefix":"team-"}"""))["DashboardEntries"]!.AsArray())!["DashboardArn"]!);
        Assert.Equal("InvalidParameterInput", (await service.RefusedAsync("ListDashboards", """{"NextToken":"x"}""")).Code);
        Assert.Equal("ResourceNotFound", (await service.RefusedAsync("DeleteDashboards", """{"DashboardNames":["other","absent"]}""")).Code);
        await service.CallAsync("DeleteDashboards", """{"DashboardNames":["other","team-a"]}""");
        Assert.Empty((await service.CallAsync("ListDashboards", "{}"))["DashboardEntries"]!.AsArray());
        Assert.Equal("InvalidParameterInput", (await service.RefusedAsync("PutDashboard", input("a b"))).Code);
        Assert.Equal("InvalidParameterInput", (await service.RefusedAsync("PutDashboard", """{"DashboardName":"a","DashboardBody":"{}"}""")).Code);
    }

    [Theory]
    [InlineData("[]", "")]
    [InlineData("{}", "/")]
    [InlineData("""{"widgets":[1]}""", "/widgets/0")]
    [InlineData("""{"widgets":[{"type":"gauge"}]}""", "/widgets/0/type")]
    [InlineData("""{"widgets":[{"type":"text"}]}""", "/widgets/0/properties")]
    [InlineData("""{"widgets":[{"type":"metric","properties":{"metrics":[]}}]}""", "/widgets/0/properties")]
    [InlineData("""{"widgets":[{"type":"metric","properties":{"region":"us-east-1"}}]}""", "/widgets/0/properties")]
    [InlineData("""{"widgets":[{"type":"text","width":25,"properties":{"markdown":"m"}}]}""", "/widgets/0/width")]
    public void Given_a_body_that_CloudWatch_does_not_take_When_checked_Then_the_place_is_told(string body, string path) =>
        Assert.Equal([path], DashboardBody.FaultsOf(body).Select(fault => fault.Path));
}
