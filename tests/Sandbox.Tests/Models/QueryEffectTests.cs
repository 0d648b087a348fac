using System.Globalization;
using System.Text.Json.Nodes;
using System.Text;
using BuildPipeline.Sandbox.Ec2;
using BuildPipeline.Sandbox.Identity;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Pricing;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.ServiceQuotas;
using BuildPipeline.Sandbox.Terraform.Registry;
using BuildPipeline.Sandbox.Tests.Authorization;
using Microsoft.Extensions.Time.Testing;

namespace BuildPipeline.Sandbox.Tests.Models;

public sealed class QueryEffectTests : IDisposable
{
    private const string Role = "RoleArn=arn:aws:iam::111122223333:role/launcher";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sandbox-test-");
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero));

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    [Effect("DescribeSpotPriceHistory", "StartTime", "EndTime", "InstanceTypes", "ProductDescriptions", "Filters[].Name", "Filters[].Values", "AvailabilityZone",
        "MaxResults", "NextToken", "DryRun")]
    public async Task Given_spot_prices_When_asked_for_Then_types_zones_times_filters_and_pages_decide()
    {
        var ec2 = new Ec2Service(new RateTable(), new Resources(), _time);
        const string Two = "InstanceType.1=g5.xlarge&InstanceType.2=g5.2xlarge";
        async Task<IReadOnlyList<string>> Of(string fields, string element) => (await ec2.QueryAsync("DescribeSpotPriceHistory", fields)).Texts(element);

        Assert.Equal(["g5.2xlarge", "g5.xlarge"], (await Of(Two, "instanceType")).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(["us-east-1b"], (await Of(Two + "&AvailabilityZone=us-east-1b", "availabilityZone")).Distinct());
        Assert.Equal(["g5.xlarge"], (await Of(Two + "&Filter.1.Name=instance-type&Filter.1.Value.1=*.xlarge", "instanceType")).Distinct());
        Assert.Equal(["us-east-1a"], (await Of(Two + "&Filter.1.Name=availability-zone&Filter.1.Value.1=us-east-1?&Filter.2.Name=availability-zone&Filter.2.Value.1=us-east-1a", "availabilityZone")).Distinct());
        Assert.Empty(await Of(Two + "&ProductDescription.1=Windows", "instanceType"));
        Assert.Empty(await Of(Two + "&Filter.1.Name=product-description&Filter.1.Value.1=Windows", "instanceType"));
        var price = (await Of(Two, "spotPrice"))[0];
        Assert.Equal([price], (await Of(Two + "&Filter.1.Name=spot-price&Filter.1.Value.1=" + price, "spotPrice")).Distinct());
        var day = await Of("InstanceType.1=g5.xlarge&AvailabilityZone=us-east-1a&StartTime=2026-01-01T00:00:00Z", "timestamp");
        Assert.Equal("2026-01-02T00:00:00.000Z", day[0]);
        Assert.Equal("2026-01-01T12:00:00.000Z", (await Of("InstanceType.1=g5.xlarge&EndTime=2026-01-01T13:00:00Z", "timestamp"))[0]);
        var first = await ec2.QueryAsync("DescribeSpotPriceHistory", "InstanceType.1=g5.xlarge&MaxResults=2");
        Assert.Equal(["us-east-1a", "us-east-1b"], first.Texts("availabilityZone"));
        Assert.Equal("us-east-1c", (await Of("InstanceType.1=g5.xlarge&MaxResults=2&NextToken=" + first.Texts("nextToken")[0], "availabilityZone"))[0]);
        await RefusedAsync(ec2, "DescribeSpotPriceHistory", "DryRun=true", "DryRunOperation");
        await RefusedAsync(ec2, "DescribeSpotPriceHistory", "NextToken=x", "InvalidParameterValue");
        await RefusedAsync(ec2, "DescribeSpotPriceHistory", "StartTime=yesterday", "InvalidParameterValue");
        await RefusedAsync(ec2, "DescribeSpotPriceHistory", "InstanceType.1=g5.9xlarge", "InvalidParameterValue");
        await RefusedAsync(ec2, "DescribeSpotPriceHistory", "Filter.1.Name=timestamp&Filter.1.Value.1=x", "InvalidParameterValue");
        await RefusedAsync(ec2, "DescribeSpotPriceHistory", "Whatever=1", "InvalidParameterValue");
        await RefusedAsync(ec2, "RunInstances", "", "InvalidAction");
    }

    [Fact]
    [Effect("DescribeTags", "Filters[].Name", "Filters[].Values", "MaxResults", "NextToken", "DryRun")]
    public async Task Given_tags_of_resources_When_described_Then_filters_and_pages_decide()
    {
        var ec2 = new Ec2Service(new RateTable(), new Resources(), _time);

        Assert.Equal(["vpc-1"], (await ec2.QueryAsync("DescribeTags", "Filter.1.Name=resource-type&Filter.1.Value.1=vpc")).Texts("resourceId"));
        Assert.Equal(["subnet-3"], (await ec2.QueryAsync("DescribeTags", "Filter.1.Name=tag:Name&Filter.1.Value.1=c")).Texts("resourceId"));
        var first = await ec2.QueryAsync("DescribeTags", "MaxResults=5");
        Assert.Equal((5, 1), (first.Texts("resourceId").Count, (await ec2.QueryAsync("DescribeTags", "MaxResults=5&NextToken=" + first.Texts("nextToken")[0])).Texts("resourceId").Count));
        await RefusedAsync(ec2, "DescribeTags", "MaxResults=1", "InvalidParameterValue");
        await RefusedAsync(ec2, "DescribeTags", "DryRun=true", "DryRunOperation");
        await RefusedAsync(ec2, "DescribeTags", "Filter.1.Name=owner&Filter.1.Value.1=x", "InvalidParameterValue");
    }

    [Fact]
    [Effect("AssumeRole", "RoleArn", "RoleSessionName", "DurationSeconds")]
    [Effect("AssumeRoleWithWebIdentity", "RoleArn", "RoleSessionName", "DurationSeconds", "WebIdentityToken")]
    public async Task Given_a_role_and_a_session_When_assumed_Then_they_are_the_identity_for_that_long()
    {
        var sts = new TestRoles().Sts(new Sessions(new SandboxSettings(_folder.FullName)), _time);
        var token = "&WebIdentityToken=" + Token("""{"sub":"repo:team/models","aud":["sts.amazonaws.com"],"iss":"https://issuer.example","exp":1767400000}""");

        var assumed = await sts.QueryAsync("AssumeRole", Role + "&RoleSessionName=run&DurationSeconds=900");
        var byToken = await sts.QueryAsync("AssumeRoleWithWebIdentity", Role + "&RoleSessionName=run&DurationSeconds=3600" + token);

        Assert.Equal(("arn:aws:sts::111122223333:assumed-role/launcher/run", "2026-01-02T00:15:00Z"), (assumed.Texts("Arn")[0], assumed.Texts("Expiration")[0]));
        Assert.Equal(("repo:team/models", "2026-01-02T01:00:00Z"), (byToken.Texts("SubjectFromWebIdentityToken")[0], byToken.Texts("Expiration")[0]));
        await RefusedAsync(sts, "AssumeRole", "RoleArn=arn:aws:iam::000000000000:user/person&RoleSessionName=run", "ValidationError");
        await RefusedAsync(sts, "AssumeRole", Role + "&RoleSessionName=run&Policy={}", "ValidationError");
        await RefusedAsync(sts, "AssumeRoleWithWebIdentity", Role + "&RoleSessionName=run&WebIdentityToken=none", "InvalidIdentityToken");
        _time.Advance(TimeSpan.FromDays(2));
        await RefusedAsync(sts, "AssumeRoleWithWebIdentity", Role + "&RoleSessionName=run" + token, "ExpiredTokenException");
    }

    [Fact]
    [Effect("ListServiceQuotas", "ServiceCode", "QuotaCode", "MaxResults", "NextToken")]
    [Effect("ListAWSDefaultServiceQuotas", "ServiceCode", "MaxResults", "NextToken")]
    [Effect("GetServiceQuota", "ServiceCode", "QuotaCode")]
    [Effect("GetAWSDefaultServiceQuota", "ServiceCode", "QuotaCode")]
    public async Task Given_quotas_When_asked_for_Then_codes_and_pages_decide()
    {
        var quotas = new ServiceQuotasService(new SandboxSettings("unused"));
        const string One = """{"ServiceCode":"sagemaker","QuotaCode":"L-DE07CBDF"}""";

        Assert.Equal("L-DE07CBDF", (string?)Assert.Single((await quotas.CallAsync("ListServiceQuotas", One))["Quotas"]!.AsArray())!["QuotaCode"]);
        Assert.Equal((32.0, 0.0), ((double)(await quotas.CallAsync("GetServiceQuota", One))["Quota"]!["Value"]!, (double)(await quotas.CallAsync("GetAWSDefaultServiceQuota", One))["Quota"]!["Value"]!));
        foreach (var operation in new[] { "ListServiceQuotas", "ListAWSDefaultServiceQuotas" })
        {
            var first = await quotas.CallAsync(operation, """{"ServiceCode":"sagemaker","MaxResults":3}""");
            var second = await quotas.CallAsync(operation, $$"""{"ServiceCode":"sagemaker","MaxResults":3,"NextToken":"{{first["NextToken"]}}"}""");
            Assert.Equal(QuotaTable.All.Take(6).Select(quota => quota.Code), first["Quotas"]!.AsArray().Concat(second["Quotas"]!.AsArray()).Select(quota => (string)quota!["QuotaCode"]!));
            Assert.Equal("NoSuchResourceException", (await quotas.RefusedAsync(operation, """{"ServiceCode":"ec2"}""")).Code);
            Assert.Equal("InvalidPaginationTokenException", (await quotas.RefusedAsync(operation, """{"ServiceCode":"sagemaker","NextToken":"abc"}""")).Code);
        }
    }

    [Fact]
    public void Given_the_query_services_When_compared_with_the_models_Then_each_emulated_action_answers() =>
        Assert.Equal(
            ["AssumeRole", "AssumeRoleWithWebIdentity", "DescribeSpotPriceHistory", "DescribeTags", "GetCallerIdentity"],
            new[] { "ec2", "sts" }.SelectMany(name => Sandbox.Models.ServiceModels.All[name].Support.Keys).Order(StringComparer.Ordinal));

    private static async Task RefusedAsync(IAwsService service, string action, string fields, string code) =>
        Assert.Equal(code, (await Assert.ThrowsAsync<AwsError>(() => service.QueryAsync(action, fields))).Code);

    private static string Token(string claims) => $"e30.{System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.x";

    private sealed class Resources : IResourceRegistry
    {
        IReadOnlyList<RegisteredResource> IResourceRegistry.Resources =>
        [
            new("aws_vpc", "vpc-1", Named("a")),
            .. Enumerable.Range(1, 5).Select(i => new RegisteredResource("aws_subnet", string.Create(CultureInfo.InvariantCulture, $"subnet-{i}"), Named(((char)('`' + i)).ToString()))),
        ];

        public bool Exists(string type, string attribute, string value) => false;

        private static JsonObject Named(string name) => new() { ["tags_all"] = new JsonObject { ["Name"] = name } };
    }
}
