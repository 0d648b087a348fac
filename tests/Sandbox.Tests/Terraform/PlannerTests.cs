using BuildPipeline.Sandbox.Terraform.Planning;
using BuildPipeline.Sandbox.Terraform.Resources;
using BuildPipeline.Sandbox.Terraform.Rules;
using BuildPipeline.Sandbox.Terraform.Schema;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Tests.Terraform;

public sealed class PlannerTests
{
    private static readonly AwsSchema Schema = AwsSchema.Load();

    private static readonly ProviderConfiguration Provider = new("us-east-1", MapValue.Empty.With("team", "tests"));

    [Fact]
    public void Given_a_new_resource_When_planned_Then_configuration_wins_defaults_fill_and_computed_values_are_unknown()
    {
        var plan = PlanOf("aws_vpc", prior: null, Config("aws_vpc").With("cidr_block", "10.0.0.0/16"));

        Assert.Equal("10.0.0.0/16", plan.Planned.Text("cidr_block"));
        Assert.Equal("default", plan.Planned.Text("instance_tenancy"));
        Assert.Equal("us-east-1", plan.Planned.Text("region"));
        Assert.True(plan.Planned["arn"].IsUnknown);
        Assert.True(plan.Planned["ipv4_ipam_pool_id"].IsNull);
        Assert.Empty(plan.RequiresReplace);
    }

    [Fact]
    public void Given_no_tags_at_all_When_planned_Then_tags_all_are_known_only_after_apply_and_empty_later()
    {
        var bare = Provider with { DefaultTags = MapValue.Empty };
        var config = Config("aws_vpc");

        Assert.True(PlanOf("aws_vpc", null, config, bare).Planned["tags_all"].IsUnknown);
        Assert.Equal(MapValue.Empty, PlanOf("aws_vpc", config.With("tags_all", MapValue.Empty), config, bare).Planned["tags_all"]);
    }

    [Fact]
    public void Given_a_tag_that_is_not_known_yet_When_planned_Then_all_tags_are_unknown()
    {
        var config = Config("aws_vpc").With("tags", MapValue.Empty.With("Name", Value.Unknown));

        Assert.True(PlanOf("aws_vpc", null, config).Planned["tags_all"].IsUnknown);
    }

    [Fact]
    public void Given_an_object_that_overrides_default_tags_When_planned_Then_they_are_left_out()
    {
        var none = Schema.Resources["aws_s3_object"].Blocks["override_provider"].Block;
        var tags = none.Empty.With("default_tags", new ListValue([none.Blocks["default_tags"].Block.Empty.With("tags", MapValue.Empty)]));
        var config = Config("aws_s3_object").With("tags", MapValue.Empty.With("own", "1"))
            .With("override_provider", new ListValue([tags]));

        Assert.Equal(MapValue.Empty.With("own", "1"), PlanOf("aws_s3_object", null, config).Planned["tags_all"]);
    }

    [Fact]
    public void Given_an_attribute_that_cannot_change_When_changed_Then_the_resource_is_replaced()
    {
        var config = Config("aws_vpc").With("cidr_block", "10.0.0.0/16");
        var prior = config.With("region", "us-east-1").With("id", "vpc-1").With("instance_tenancy", "default");

        Assert.Equal(["cidr_block"], PlanOf("aws_vpc", prior, config.With("cidr_block", "10.1.0.0/16")).RequiresReplace);
        Assert.Equal(["cidr_block"], PlanOf("aws_vpc", prior, config.With("cidr_block", Value.Unknown)).RequiresReplace);
        Assert.Equal(["region"], PlanOf("aws_vpc", prior, config, Provider with { Region = "eu-west-1" }).RequiresReplace);
        Assert.Empty(PlanOf("aws_vpc", prior, config.With("enable_dns_hostnames", true)).RequiresReplace);
    }

    [Fact]
    public void Given_a_change_When_planned_Then_computed_values_stay_but_those_that_follow_it()
    {
        var config = Config("aws_s3_object").With("bucket", "b").With("key", "k").With("content", "second");
        var prior = config.With("content", "first").With("etag", "1").With("version_id", "2").With("arn", "arn:aws:s3:::b/k");

        var planned = PlanOf("aws_s3_object", prior, config).Planned;

        Assert.True(planned["etag"].IsUnknown);
        Assert.True(planned["version_id"].IsUnknown);
        Assert.Equal(prior["arn"], planned["arn"]);
    }

    [Fact]
    public void Given_attributes_that_exclude_each_other_When_one_is_unknown_Then_it_may_be_absent_and_nothing_is_refused()
    {
        var rule = new ExclusiveRule(["name", "name_prefix"], Required: true);

        Assert.Empty(rule.Check(MapValue.Empty.With("name", "a").With("name_prefix", Value.Unknown)));
        Assert.Empty(rule.Check(MapValue.Empty.With("name", Value.Unknown)));
        Assert.Single(rule.Check(MapValue.Empty.With("name", "a").With("name_prefix", "b")));
        Assert.Single(rule.Check(MapValue.Empty));
    }

    [Theory]
    [InlineData("""{"Action":["a","b"]}""", """{ "Action": ["b","a"] }""", true)]
    [InlineData("""{"Action":["a"]}""", """{"Action":"a"}""", true)]
    [InlineData("""{"Action":"a"}""", """{"Action":"b"}""", false)]
    [InlineData("""{"Action":"a"}""", "no JSON", false)]
    public void Given_two_policies_When_compared_Then_only_what_they_say_counts(string left, string right, bool same) =>
        Assert.Equal(same, JsonEquivalence.SamePolicy(left, right));

    [Fact]
    public void Given_two_lists_in_plain_JSON_When_compared_Then_their_order_counts()
    {
        Assert.True(JsonEquivalence.Same("""{"a":[1,2]}""", """{ "a" : [ 1, 2 ] }"""));
        Assert.False(JsonEquivalence.Same("""{"a":[1,2]}""", """{"a":[2,1]}"""));
    }

    private static MapValue Config(string type) => Schema.Resources[type].Empty;

    private static Plan PlanOf(string type, MapValue? prior, MapValue config, ProviderConfiguration? provider = null) =>
        new Planner(ResourceCatalog.Find(type), Schema.Resources[type], provider ?? Provider).Plan(prior, config);
}
