using BuildPipeline.Pipeline.Tests.Tasks;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Terraform;

namespace BuildPipeline.Pipeline.Tests.Terraform;

public sealed class PlanComparisonTests
{
    private const string Address = "module.network.aws_vpc.this[0]";

    private readonly string _file = Path.GetTempFileName();

    [Theory]
    [InlineData("create", "no-op", true)]
    [InlineData("create", "create", true)]
    [InlineData("create", "update", false)]
    [InlineData("update", "no-op", true)]
    [InlineData("delete", "no-op", true)]
    [InlineData("no-op", "no-op", true)]
    [InlineData("no-op", "update", false)]
    [InlineData("no-op", "create", false)]
    public void Given_AnAction_When_ThePlanIsMadeAgain_Then_OnlyTheSameOrNothingIsCovered(string approved, string now, bool covered) =>
        Assert.Equal(covered ? null : Address, PlanComparison.FirstDifference(Plan((Address, approved, new { })), Plan((Address, now, new { }))));

    [Fact]
    public void Given_Values_When_ThePlanIsMadeAgain_Then_WhatWasKnownIsTheSameAndTheRestMayBeKnownNow()
    {
        var approved = Plan((Address, "create", new { cidr = "10.0.0.0/16", ids = new[] { null, "a" }, tags = new { team = "research" } }));

        Assert.Null(PlanComparison.FirstDifference(approved, Plan((Address, "create", new { cidr = "10.0.0.0/16", id = "vpc-1", ids = new[] { "b", "a" }, tags = new { team = "research" } }))));
        Assert.Equal(Address, PlanComparison.FirstDifference(approved, Plan((Address, "create", new { cidr = "10.1.0.0/16", ids = new[] { "b", "a" }, tags = new { team = "research" } }))));
        Assert.Equal(Address, PlanComparison.FirstDifference(approved, Plan((Address, "create", new { cidr = "10.0.0.0/16", ids = new[] { "b", "c" }, tags = new { team = "research" } }))));
        Assert.Equal(Address, PlanComparison.FirstDifference(approved, Plan((Address, "create", new { cidr = "10.0.0.0/16", ids = new[] { "b", "a" }, tags = new { team = "vision" } }))));
    }

    [Fact]
    public void Given_OtherResourcesOrLimits_When_ThePlanIsMadeAgain_Then_TheyAreTheDifference()
    {
        var approved = Plan((Address, "create", new { }), ("a.gone", "delete", new { }));

        Assert.Null(PlanComparison.FirstDifference(approved, Plan((Address, "no-op", new { }))));
        Assert.Equal("a.new", PlanComparison.FirstDifference(approved, Plan((Address, "no-op", new { }), ("a.new", "create", new { }))));
        Assert.Equal(Address, PlanComparison.FirstDifference(approved, Plan(("a.gone", "delete", new { }))));
        Assert.Equal("cost_policy", PlanComparison.FirstDifference(approved, Plan((Address, "no-op", new { })) with { MaxRunCostUsd = new Usd(99m) }));
        Assert.Equal("cost_policy", PlanComparison.FirstDifference(approved, Plan((Address, "no-op", new { })) with { ApprovalKeyArn = "arn" }));
        Assert.Equal("interface_endpoint_network_interfaces", PlanComparison.FirstDifference(approved, Plan((Address, "no-op", new { })) with { InterfaceEndpointZones = 3 }));
        Assert.Equal("job", PlanComparison.FirstDifference(approved, Plan((Address, "no-op", new { })) with { DestroyedTrainingJobs = ["job"] }));
    }

    [Fact]
    public void Given_Changes_When_Judged_Then_RoleNetworkAndBucketAreShared() => Assert.Equal(
        ["module.execution_role.a.b", "module.storage.a.b"],
        PlanComparison.ChangesOfShared(Plan(
            ("module.execution_role.a.b", "update", new { }), ("module.storage.a.b", "delete", new { }), ("module.network.a.b", "create", new { }),
            ("module.observability.a.b", "update", new { }), ("module.logs[0].a.b", "replace", new { }))));

    private PlanRecord Plan(params (string Address, string Action, object Values)[] resources) => TerraformDocuments.ReadPlan(
        FakeTerraform.Plan(TestRuns.Job, 5, [.. resources.Select(resource => FakeTerraform.Change(resource.Address, resource.Values, action: resource.Action))]), _file, TestRuns.Start).Plan;
}
