using System.Diagnostics;
using BuildPipeline.Sandbox.Policies;

namespace BuildPipeline.Sandbox.Tests.Policies;

/// <summary>What nobody could evaluate is refused when it is put.</summary>
public sealed class PolicySyntaxTests
{
    private const string Rest = "'Effect':'Allow','Action':'s3:*','Resource':'*'";

    [Theory]
    [InlineData("[]")]
    [InlineData("{'Statement':[]}")]
    [InlineData("{'Version':'2020-01-01','Statement':{" + Rest + "}}")]
    [InlineData("{'Statements':{" + Rest + "}}")]
    [InlineData("{'Statement':{" + Rest + ",'Conditions':{}}}")]
    [InlineData("{'Statement':{" + Rest + ",'Action':'s3:*'}}")]
    [InlineData("{'Statement':{" + Rest + ",'NotAction':'s3:*'}}")]
    [InlineData("{'Statement':{" + Rest + ",'Principal':'*'}}")]
    [InlineData("{'Statement':{'Effect':'allow','Action':'s3:*','Resource':'*'}}")]
    [InlineData("{'Statement':{'Effect':'Allow','Action':'GetObject','Resource':'*'}}")]
    [InlineData("{'Statement':{'Effect':'Allow','Action':[],'Resource':'*'}}")]
    [InlineData("{'Statement':{'Effect':'Allow','Action':'s3:*'}}")]
    [InlineData("{'Statement':{'Effect':'Allow','Action':'s3:*','Resource':'data'}}")]
    [InlineData("{'Statement':[{'Sid':'A'," + Rest + "},{'Sid':'A'," + Rest + "}]}")]
    [InlineData("{'Statement':{" + Rest + ",'Condition':{'StringIs':{'aws:a':'b'}}}}")]
    [InlineData("{'Statement':{" + Rest + ",'Condition':{'NullIfExists':{'aws:a':'true'}}}}")]
    [InlineData("{'Statement':{" + Rest + ",'Condition':{'ForEachValue:StringLike':{'aws:a':'b'}}}}")]
    [InlineData("{'Statement':{" + Rest + ",'Condition':{'StringEquals':{'region':'b'}}}}")]
    [InlineData("{'Statement':{" + Rest + ",'Condition':{'StringEquals':{'aws:a':{}}}}}")]
    [InlineData("{'Statement':{" + Rest + ",'Condition':{'NumericEquals':{'aws:a':'few'}}}}")]
    [InlineData("{'Statement':{" + Rest + ",'Condition':{'Bool':{'aws:a':'yes'}}}}")]
    [InlineData("{'Statement':{" + Rest + ",'Condition':{'DateEquals':{'aws:a':'soon'}}}}")]
    [InlineData("{'Statement':{" + Rest + ",'Condition':{'IpAddress':{'aws:a':'here'}}}}")]
    [InlineData("{'Version':'2012-10-17','Statement':{'Effect':'Allow','Action':'s3:*','Resource':'arn:aws:s3:::${aws'}}")]
    [InlineData("{'Version':'2012-10-17','Statement':{'Effect':'Allow','Action':'s3:*','Resource':'arn:aws:s3:::${}'}}")]
    public void Given_a_text_that_is_no_policy_of_a_role_When_parsed_Then_it_is_refused(string text) =>
        Assert.Throws<PolicySyntaxException>(() => PolicyDocument.Parse(text.Replace('\'', '"'), PolicyKind.Identity));

    [Theory]
    [InlineData("'Principal':'me',")]
    [InlineData("'Principal':{'User':'*'},")]
    [InlineData("'Principal':{'AWS':'arn:aws:iam::111122223333:role/*'},")]
    [InlineData("")]
    public void Given_principals_that_mean_nobody_When_parsed_Then_the_policy_is_refused(string principal) => Assert.Throws<PolicySyntaxException>(
        () => PolicyDocument.Parse($"{{'Statement':{{{principal}{Rest}}}}}".Replace('\'', '"'), PolicyKind.Resource));

    [Fact]
    public void Given_a_policy_of_a_resource_When_its_statements_share_an_id_Then_it_is_taken()
    {
        const string Same = "{'Sid':'A','Principal':'*'," + Rest + "}";

        Assert.Equal(2, PolicyDocument.Parse($"{{'Statement':[{Same},{Same}]}}".Replace('\'', '"'), PolicyKind.Resource).Statements.Count);
    }

    [Fact]
    public void Given_a_trust_policy_with_a_resource_When_parsed_Then_it_is_refused() => Assert.Throws<PolicySyntaxException>(
        () => PolicyDocument.Parse($"{{'Statement':{{'Principal':'*',{Rest}}}}}".Replace('\'', '"'), PolicyKind.Trust));

    [Fact]
    public void Given_many_wildcards_When_a_text_almost_fits_Then_the_answer_comes_at_once()
    {
        var watch = Stopwatch.StartNew();

        Assert.False(PolicyPattern.Matches(string.Concat(Enumerable.Repeat("a*", 500)) + "b", new string('a', 2000)));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(2));
    }
}
