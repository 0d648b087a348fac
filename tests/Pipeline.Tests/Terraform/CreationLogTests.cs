using System.Text.Json;
using BuildPipeline.Terraform;

namespace BuildPipeline.Pipeline.Tests.Terraform;

public sealed class CreationLogTests
{
    private static readonly string[] Log =
    [
        "module.network.aws_subnet.private[\"a\"]: Creating...",
        "module.network.aws_subnet.private[\"a\"]: Creation complete after 1s [id=subnet-1]",
        "module.network.aws_route_table.private[0]: Creation complete after 0s [id=rtb-1]",
        "module.network.aws_route_table_association.private[\"a\"]: Creation complete after 0s [id=rtbassoc-1]",
        "module.execution_role.aws_iam_role.this: Creating...",
    ];

    [Fact]
    public void Given_AnApplyThatDidNotEnd_When_Read_Then_WhatItCreatedHasTheIdThatImportTakes()
    {
        var created = CreationLog.Created(Log).ToDictionary(candidate => candidate.Address, candidate => candidate.Id);

        Assert.Equal("subnet-1", created["module.network.aws_subnet.private[\"a\"]"]);
        Assert.Equal(["module.execution_role.aws_iam_role.this"], CreationLog.Unfinished(Log));
    }

    [Theory]
    [InlineData("module.network.", "module.network.", "subnet-1/rtb-1")]
    [InlineData("", "", "subnet-1/rtb-1")]
    [InlineData("module.network.", "module.other.", null)]
    public void Given_AnAssociationThatMayExist_When_ItsSubnetAndRouteTableExist_Then_ItIsFoundByThem(string module, string theirs, string? id)
    {
        var ids = new Dictionary<string, string>
        {
            [$"{theirs}aws_subnet.private[\"a\"]"] = "subnet-1",
            [$"{theirs}aws_subnet.private[\"b\"]"] = "subnet-2",
            [$"{theirs}aws_route_table.private[0]"] = "rtb-1",
        };
        string[] addresses = [$"{module}aws_route_table_association.private[\"a\"]", $"{module}aws_vpc.this[0]", $"{module}aws_route_table_association.private[\"c\"]"];

        Assert.Equal(id is null ? [] : [new ImportCandidate(addresses[0], id)], CreationLog.Associations(addresses, ids));
    }

    [Theory]
    [InlineData("Cannot import non-existent remote object for \"aws_route_table_association.a\"", "aws_route_table_association.a")]
    [InlineData("No association found between route table ID (rtb-1) and target ID (subnet-1)", "aws_route_table_association.a")]
    [InlineData("No association found between route table ID (rtb-1) and target ID (subnet-2)", null)]
    [InlineData("Cannot import non-existent remote object for \"aws_cloudwatch_log_group.l\"", "aws_cloudwatch_log_group.l")]
    [InlineData("the group /aws/a is not a/b", null)]
    public void Given_AFailedImport_When_ItsErrorsAreRead_Then_TheMissingResourceIsKnown(string errors, string? missing) => Assert.Equal(
        missing is null ? [] : [missing],
        Adoption.Missing([new("aws_route_table_association.a", "subnet-1/rtb-1"), new("aws_cloudwatch_log_group.l", "/aws/a")], errors).Select(candidate => candidate.Address));

    [Theory]
    [InlineData("module.a.aws_vpc.this[0]: Creating...", true)]
    [InlineData("aws_vpc.this: Modifying... [id=vpc-1]", true)]
    [InlineData("aws_vpc.this: Refreshing state... [id=vpc-1]", false)]
    public void Given_ALine_When_Read_Then_AChangeIsTold(string line, bool changes) => Assert.Equal(changes, CreationLog.HasChanges([line]));

    [Theory]
    [InlineData("""{"environment":"dev","team":"a","more":"x"}""", true)]
    [InlineData("""{"environment":"prod","team":"a"}""", false)]
    [InlineData("{}", false)]
    public void Given_AnImport_When_ItsTagsAreCompared_Then_OnlyTheEnvironmentsOwnIsAdopted(string existing, bool isOwn) =>
        Assert.Equal(isOwn, Adoption.IsOwn(JsonDocument.Parse(
            "{\"before\":{\"tags_all\":" + existing + "},\"after\":{\"tags_all\":{\"environment\":\"dev\",\"team\":\"a\"}}}").RootElement));

    [Theory]
    [InlineData("\"no-op\"", "{}", true)]
    [InlineData("\"update\"", "{}", true)]
    [InlineData("\"delete\",\"create\"", "{}", false)]
    [InlineData("\"delete\",\"create\"", "{\"tags_all\":{\"environment\":\"dev\"}}", true)]
    public void Given_AnImportWithoutTags_When_ItWouldBeReplaced_Then_ItIsNotAdopted(string actions, string values, bool isOwn) =>
        Assert.Equal(isOwn, Adoption.IsOwn(JsonDocument.Parse("{\"actions\":[" + actions + "],\"before\":" + values + ",\"after\":" + values + "}").RootElement));
}
