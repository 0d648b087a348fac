using BuildPipeline.Accounts;
using BuildPipeline.Aws;
using BuildPipeline.Budgets;
using BuildPipeline.Pipeline.Tests.Aws;
using NSubstitute;

namespace BuildPipeline.Pipeline.Tests.Budgets;

public sealed class SageMakerJobUsageTests
{
    private static readonly LedgerEntry Entry = Requests.Of("20260131-120000-1a2b").Entry(Sample.Noon);

    [Fact]
    public async Task Given_NoJobOfTheRun_When_Asked_Then_NothingWasSpent() =>
        Assert.Equal(BillState.NoJob, (await FindAsync(Entry, Listed("finetune-sandbox-20260131-120000-ffff"))).State);

    [Fact]
    public async Task Given_AJobThatRuns_When_Asked_Then_ItSpends() =>
        Assert.Equal(BillState.Running, (await FindAsync(Entry, Listed(Entry.JobName), Described("InProgress", ""))).State);

    [Theory]
    [InlineData("Stopping", "Completed")]
    [InlineData("Completed", "Stopping")]
    [InlineData("Failed", "InProgress")]
    public async Task Given_OneOfTwoJobsThatHasNotEnded_When_Asked_Then_TheRunSpends(string first, string second) => Assert.Equal(
        new JobUsage(BillState.Running, null),
        await FindAsync(Entry, Listed(Entry.JobName, Entry.JobName + "-a2"), Described(first, Times(300, 100)), Described(second, Times(300, 100))));

    [Fact]
    public async Task Given_AJobThatNeverGotAnInstance_When_Asked_Then_ItCostsNothing() =>
        Assert.Equal(new JobUsage(BillState.Ended, BudgetAmounts.None), await FindAsync(Entry, Listed(Entry.JobName), Described("Stopped", "")));

    [Fact]
    public async Task Given_AJobWhoseNameOnlyContainsTheRuns_When_Asked_Then_ItIsNotBilled()
    {
        var bill = await FindAsync(Entry, Listed("copy-of-" + Entry.JobName, Entry.JobName), Described("Completed", Times(360, 360)));

        // 360 s x 2 GPUs, once
        Assert.Equal((BillState.Ended, 0.2m), (bill.State, bill.Used!.GpuHours));
    }

    [Fact]
    public async Task Given_EndedAttempts_When_Asked_Then_TheirBillsAddUp()
    {
        var bill = await FindAsync(
            Entry, Listed(Entry.JobName, Entry.JobName + "-a2"), Described("Stopped", Times(300, 100)), Described("Completed", Times(600, 200)));

        // 300 billable s x 2.816 $/h; 900 s x 2 GPUs
        Assert.Equal(0.23467m, bill.Used!.Usd.Amount, precision: 5);
        Assert.Equal((BillState.Ended, 0.5m, 0), (bill.State, bill.Used.GpuHours, bill.Used.Nodes));
    }

    [Fact]
    public async Task Given_JobsOnTwoNodeOptions_When_Asked_Then_EachIsBilledAtItsOwnRate()
    {
        var entry = Entry with { Fallbacks = [new LedgerNodeOption("ml.g5.2xlarge", 2, 8, new Usd(10m))] };

        var bill = await FindAsync(
            entry, Listed(Entry.JobName, Entry.JobName + "-a2"), Described("Stopped", Times(900, 450)), Described("Completed", Times(900, 360), "ml.g5.2xlarge"));

        // 450 billable s x 2.816 $/h + 360 x 10 $/h; 900 s x 2 GPUs + 900 s x 8
        Assert.Equal((1.352m, 2.5m), (bill.Used!.Usd.Amount, bill.Used.GpuHours));
    }

    [Theory]
    [InlineData("ml.g5.xlarge", """, "TrainingStartTime": 1769860800""")]
    [InlineData("ml.g5.2xlarge", "")]
    public async Task Given_AnEndedJobWhoseBillCannotBeTold_When_Asked_Then_ItIsUnknownNeverZero(string type, string times) =>
        Assert.Equal(new JobUsage(BillState.Ended, null), await FindAsync(Entry, Listed(Entry.JobName), Described("Failed", times, type)));

    [Fact]
    public async Task Given_ARefusedQuestion_When_Asked_Then_NobodyCanSay() =>
        Assert.Equal(BillState.Unknown, (await FindAsync(Entry, new Answer(400, """{"__type":"AccessDeniedException","Message":"no"}"""))).State);

    [Theory]
    [InlineData("us-west-2", "000000000000")]
    [InlineData("us-east-1", "000000000001")]
    [InlineData("us-east-1", null)]
    public async Task Given_ARunOfAnotherPlace_When_Asked_Then_NobodyCanSay(string region, string? account) =>
        Assert.Equal(BillState.Unknown, (await FindAsync(Entry with { Region = region, Account = account }, Listed())).State);

    private static async Task<JobUsage> FindAsync(LedgerEntry entry, params Answer[] answers)
    {
        using var endpoint = new FakeAwsEndpoint(answers);
        using var sageMaker = FakeClients.SageMaker(endpoint);
        var clients = Substitute.For<IAwsClients>();
        clients.Connection.Returns(new SandboxConnection("us-east-1", new Uri(endpoint.Url)));
        clients.SageMaker.Returns(sageMaker);
        clients.CheckCredentialsAsync(default).ReturnsForAnyArgs(new CallerIdentity("000000000000", "arn:aws:sts::000000000000:assumed-role/launch/session"));
        var usage = await new SageMakerJobUsage(clients).FindAsync(entry, default);
        Assert.All(endpoint.Requests, request => Assert.StartsWith(entry.JobName, (string?)(request.Json["NameContains"] ?? request.Json["TrainingJobName"])));
        return usage;
    }

    private static Answer Listed(params string[] names) =>
        new(200, $$"""{"TrainingJobSummaries":[{{string.Join(',', names.Select(name => $$"""{"TrainingJobName":"{{name}}"}"""))}}]}""");

    private static Answer Described(string status, string times, string type = "ml.g5.xlarge") =>
        new(200, $$"""{"TrainingJobStatus":"{{status}}","ResourceConfig":{"InstanceType":"{{type}}","InstanceCount":2}{{times}}}""");

    private static string Times(int training, int billable) =>
        $$""", "TrainingStartTime": 1769860800, "TrainingTimeInSeconds": {{training}}, "BillableTimeInSeconds": {{billable}}""";
}
