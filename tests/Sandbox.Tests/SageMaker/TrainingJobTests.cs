using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.SageMaker.Jobs;
using BuildPipeline.Sandbox.SageMaker.Requests;
using BuildPipeline.Sandbox.SageMaker.Spot;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace BuildPipeline.Sandbox.Tests.SageMaker;

public sealed class TrainingJobTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Property]
    public Property Given_any_discount_and_time_When_spot_job_is_billed_Then_at_least_a_second_and_never_more_than_it_worked(PositiveInt milliseconds, byte percent)
    {
        var discount = percent % 100 / 100m;
        var worked = Worked(milliseconds.Get, spot: true, discount).TrainingTimeInSeconds(default)!.Value;
        var billed = Worked(milliseconds.Get, spot: true, discount).BillableTimeInSeconds(default)!.Value;

        return (billed >= 1 && billed <= worked && billed >= worked * (1 - discount) && billed < (worked * (1 - discount)) + 1).ToProperty();
    }

    [Property]
    public void Given_any_time_When_on_demand_job_is_billed_Then_all_of_it(PositiveInt milliseconds)
    {
        var job = Worked(milliseconds.Get, spot: false, 0.7m);

        Assert.Equal(job.TrainingTimeInSeconds(default), job.BillableTimeInSeconds(default));
        Assert.Equal((int)Math.Ceiling(milliseconds.Get / 1000m), job.TrainingTimeInSeconds(default));
    }

    [Fact]
    public void Given_jobs_When_listed_by_status_Then_the_page_is_cut_before_the_status_is_read()
    {
        TrainingJob[] jobs = [.. Enumerable.Range(0, 5).Select(i => Job($"job-{i}", Start.AddMinutes(i)))];
        jobs[0] = jobs[0].Finish(JobStatus.Completed, Phase.Completed, "", Start.AddHours(1));

        var first = TrainingJobList.Page(jobs, Json("""{"MaxResults":3,"StatusEquals":"Completed"}"""));
        var second = TrainingJobList.Page(jobs, Json($$"""{"MaxResults":3,"StatusEquals":"Completed","NextToken":"{{first["NextToken"]}}"}"""));

        Assert.Empty(first["TrainingJobSummaries"]!.AsArray());
        Assert.Equal("job-0", Assert.Single(second["TrainingJobSummaries"]!.AsArray())!["TrainingJobName"]!.GetValue<string>());
        Assert.Null(second["NextToken"]);
    }

    [Fact]
    public void Given_jobs_that_come_and_go_When_the_next_page_is_asked_for_Then_none_is_missing_and_none_comes_twice()
    {
        TrainingJob[] jobs = [.. Enumerable.Range(0, 6).Select(i => Job($"job-{i}", Start.AddMinutes(i)))];

        var first = TrainingJobList.Page(jobs, Json("""{"MaxResults":2}"""));
        TrainingJob[] later = [.. jobs.Where(job => job.Name is not "job-5" and not "job-4"), Job("new", Start.AddHours(1))];
        var second = TrainingJobList.Page(later, Json($$"""{"MaxResults":2,"NextToken":"{{first["NextToken"]}}"}"""));
        var third = TrainingJobList.Page(later, Json($$"""{"MaxResults":2,"NextToken":"{{second["NextToken"]}}"}"""));

        Assert.Equal(["job-5", "job-4", "job-3", "job-2", "job-1", "job-0"], new[] { first, second, third }
            .SelectMany(page => page["TrainingJobSummaries"]!.AsArray()).Select(summary => (string)summary!["TrainingJobName"]!));
        Assert.Null(third["NextToken"]);
    }

    [Theory]
    [InlineData("Name", "Ascending")]
    [InlineData("CreationTime", "Ascending")]
    [InlineData("CreationTime", "Descending")]
    [InlineData("Status", "Descending")]
    public void Given_1000_jobs_When_some_come_and_go_between_pages_Then_every_job_that_stays_is_listed_once(string by, string order)
    {
        var jobs = Enumerable.Range(0, 1000).Select(i => Job($"job-{i:D4}", Start.AddMinutes(i))).ToList();
        var staying = jobs.Index().Where(job => job.Index % 7 != 3).Select(job => job.Item.Name).ToArray();
        var (listed, pages, token) = (new List<string>(), 0, (string?)null);
        do
        {
            var input = new JsonObject { ["MaxResults"] = 100, ["SortBy"] = by, ["SortOrder"] = order, ["NextToken"] = token };
            var page = TrainingJobList.Page(jobs, Json(input.ToJsonString()));
            listed.AddRange(page["TrainingJobSummaries"]!.AsArray().Select(summary => summary!["TrainingJobName"]!.GetValue<string>()));
            token = page["NextToken"]?.GetValue<string>();
            pages++;
            jobs.RemoveAll(job => job.Name.Length == 8 && int.Parse(job.Name[4..], System.Globalization.CultureInfo.InvariantCulture) % 7 == 3 && job.Name[5] == '0' + (char)pages);
            jobs.Insert(0, Job($"job-{pages:D4}-new", Start.AddMinutes(pages).AddSeconds(1)));
        }
        while (token is not null);

        Assert.Equal(staying, listed.Intersect(staying).Order(StringComparer.Ordinal));
        Assert.Equal(listed.Count, listed.Distinct().Count());
        Assert.InRange(pages, 9, 11);
    }

    [Theory]
    [InlineData("3")]
    [InlineData("not base 64")]
    [InlineData("")]
    [InlineData("Q3JlYXRpb25UaW1lCkFzY2VuZGluZwowCmE=")]
    public void Given_a_token_of_another_request_When_listed_Then_it_is_refused(string token) =>
        Assert.Equal("ValidationException", Assert.Throws<BuildPipeline.Sandbox.Protocols.AwsError>(
            () => TrainingJobList.Page([Job("a", Start)], new JsonObject { ["NextToken"] = token })).Code);

    [Theory]
    [InlineData("""{"SortBy":"Name","SortOrder":"Ascending","NameContains":"b"}""", "ab,b")]
    [InlineData("""{"SortBy":"Name","SortOrder":"Descending"}""", "c,b,ab")]
    [InlineData("""{}""", "ab,c,b")]
    [InlineData("""{"CreationTimeAfter":1767225600,"SortOrder":"Ascending"}""", "c,ab")]
    public void Given_filters_and_order_When_listed_Then_names_follow_them(string input, string names)
    {
        TrainingJob[] jobs = [Job("b", Start), Job("c", Start.AddSeconds(1)), Job("ab", Start.AddSeconds(2))];

        var page = TrainingJobList.Page(jobs, Json(input))["TrainingJobSummaries"]!.AsArray();

        Assert.Equal(names, string.Join(',', page.Select(summary => summary!["TrainingJobName"]!.GetValue<string>())));
    }

    [Theory]
    [InlineData("checkpoint:0")]
    [InlineData("checkpoint:x")]
    [InlineData("8")]
    [InlineData("-8s")]
    [InlineData("")]
    public void Given_malformed_interruption_When_schedule_is_checked_Then_it_is_refused(string text) =>
        Assert.Throws<FormatException>(new SpotSchedule([text]).Check);

    [Fact]
    public void Given_missing_trace_When_schedule_is_checked_Then_the_message_names_it() =>
        Assert.Contains("no-such-trace.json", Assert.Throws<FormatException>(new SpotSchedule(Trace: "no-such-trace.json").Check).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("s3://bucket", "bucket", "", "x/y")]
    [InlineData("s3://bucket/", "bucket", "", "x/y")]
    [InlineData("s3://bucket/a/b", "bucket", "a/b", "a/b/x/y")]
    [InlineData("s3://bucket/a/b/", "bucket", "a/b/", "a/b/x/y")]
    public void Given_S3_uri_When_parsed_Then_keys_lie_under_it(string uri, string bucket, string prefix, string key)
    {
        var location = S3Location.Parse(uri);

        Assert.Equal((bucket, prefix, key), (location.Bucket, location.Prefix, location.KeyOf("x/y")));
    }

    private static TrainingJob Worked(int milliseconds, bool spot, decimal discount) => Job("job", Start, spot, discount)
        .Enter(Phase.Downloading, "", Start)
        .Finish(JobStatus.Completed, Phase.Completed, "", Start.AddMilliseconds(milliseconds));

    private static TrainingJob Job(string name, DateTimeOffset created, bool spot = false, decimal discount = 0) => new(
        name, "arn", JobHarness.Request(name, spot: spot), new SpotSchedule([], discount), created, []);

    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();
}
