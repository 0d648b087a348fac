using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Budgets;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.SageMaker.Jobs;
using BuildPipeline.Sandbox.SageMaker.Spot;
using BuildPipeline.Sandbox.Sns;
using BuildPipeline.Sandbox.Tests.CloudWatch;
using BuildPipeline.Sandbox.Tests.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace BuildPipeline.Sandbox.Tests.Budgets;

public sealed class BudgetTests : IDisposable
{
    private const string Topic = "arn:aws:sns:us-east-1:000000000000:alerts";
    private const string Account = "\"AccountId\":\"000000000000\"";
    private const string Notification =
        "\"Notification\":{\"NotificationType\":\"ACTUAL\",\"ComparisonOperator\":\"GREATER_THAN\",\"Threshold\":50,\"ThresholdType\":\"PERCENTAGE\"}";

    private static readonly DateTimeOffset Start = new(2026, 5, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly InstanceFact Instance = InstanceFacts.Types.First(type => type.UsdPerHour > 0);

    private readonly string _folder = Directory.CreateTempSubdirectory("sandbox-budgets-").FullName;
    private readonly FakeTimeProvider _time = new(Start);
    private readonly RememberingTopics _topics = new();
    private readonly Deliveries _deliveries;
    private readonly BudgetAlerts _alerts;
    private readonly BudgetsService _budgets;

    public BudgetTests()
    {
        var settings = new SandboxSettings(_folder);
        var store = new BudgetStore(settings);
        _deliveries = new Deliveries(settings, new SandboxAddress(), new MessageSigner(settings, _time), _time);
        _alerts = new BudgetAlerts(store, new TrainingJobStore(settings), _topics, _deliveries, settings, _time, NullLogger<BudgetAlerts>.Instance);
        var operations = new BudgetOperations(store, _alerts, settings, _time);
        _budgets = new BudgetsService(operations, new NotificationOperations(store, operations, _alerts, _time));
    }

    public void Dispose()
    {
        _alerts.Dispose();
        _deliveries.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    [Effect("CreateBudget", "AccountId", "Budget.BudgetName", "Budget.BudgetLimit.Amount", "Budget.BudgetLimit.Unit", "Budget.CostFilters", "Budget.TimeUnit", "Budget.BudgetType",
        "NotificationsWithSubscribers[].Notification.NotificationType", "NotificationsWithSubscribers[].Notification.ComparisonOperator",
        "NotificationsWithSubscribers[].Notification.Threshold", "NotificationsWithSubscribers[].Notification.ThresholdType",
        "NotificationsWithSubscribers[].Subscribers[].SubscriptionType", "NotificationsWithSubscribers[].Subscribers[].Address")]
    [Effect("DescribeBudget", "AccountId", "BudgetName")]
    public async Task Given_a_budget_of_a_team_When_its_jobs_cost_more_than_the_threshold_Then_its_subscribers_are_told_once_a_period()
    {
        await CreateAsync("team", "{\"TagKeyValue\":[\"user:team$x\"],\"Service\":[\"Amazon SageMaker\"]}", Notified("ACTUAL", "GREATER_THAN", 50, "PERCENTAGE"));
        await CreateAsync("dollars", "{}", Notified("ACTUAL", "LESS_THAN", 0.01, "ABSOLUTE_VALUE"));
        await CreateAsync("forecast", "{}", Notified("FORECASTED", "GREATER_THAN", 0, "PERCENTAGE"));
        await CreateAsync("elsewhere", "{\"Service\":[\"Amazon EC2\"]}", Notified("ACTUAL", "GREATER_THAN", 0, "PERCENTAGE"));
        Assert.Contains("dollars", Assert.Single(_topics.Published).Message.Subject, StringComparison.Ordinal);

        _alerts.Charge(Job("y", "a", 3600));
        _alerts.Charge(Job("x", "b", 1));
        Assert.Single(_topics.Published);
        _alerts.Charge(Job("x", "c", 3600));
        _alerts.Charge(Job("x", "d", 3600));

        var spend = Instance.UsdPerHour!.Value * (1 + 3600 + 3600) / 3600;
        Assert.Equal(decimal.Round(spend, 2), decimal.Round(decimal.Parse(await SpendAsync("team"), System.Globalization.CultureInfo.InvariantCulture), 2));
        Assert.Equal("0", await SpendAsync("elsewhere"));
        Assert.Contains("team", Assert.Single(_topics.Published.Skip(1)).Message.Subject, StringComparison.Ordinal);
        Assert.Equal(("budgets.amazonaws.com", "arn:aws:budgets::000000000000:budget/team"), (_topics.Published[1].Publisher.Principal, _topics.Published[1].Publisher.SourceArn));
        Assert.Equal(["team@example.com", "team@example.com"], _deliveries.All.Select(letter => letter.Endpoint));

        _time.Advance(TimeSpan.FromDays(20));
        _alerts.Charge(Job("x", "e", 3600));
        Assert.Equal(3, _topics.Published.Count);
    }

    [Fact]
    [Effect("CreateBudget", "Budget.TimePeriod.Start", "Budget.TimePeriod.End", "ResourceTags[].Key", "ResourceTags[].Value")]
    [Effect("UpdateBudget", "AccountId", "NewBudget.BudgetName", "NewBudget.BudgetLimit.Amount", "NewBudget.BudgetLimit.Unit", "NewBudget.CostFilters", "NewBudget.TimeUnit",
        "NewBudget.TimePeriod.Start", "NewBudget.TimePeriod.End", "NewBudget.BudgetType")]
    [Effect("DescribeBudgets", "AccountId", "MaxResults", "NextToken")]
    [Effect("DeleteBudget", "AccountId", "BudgetName")]
    [Effect("TagResource", "ResourceARN", "ResourceTags[].Key", "ResourceTags[].Value")]
    [Effect("UntagResource", "ResourceARN", "ResourceTagKeys")]
    [Effect("ListTagsForResource", "ResourceARN")]
    public async Task Given_budgets_When_changed_listed_and_deleted_Then_they_are_so()
    {
        const string Arn = "\"ResourceARN\":\"arn:aws:budgets::000000000000:budget/a\"";
        await _budgets.CallAsync("CreateBudget", $$"""
            {{{Account}},"Budget":{"BudgetName":"a","BudgetType":"COST","TimeUnit":"MONTHLY","BudgetLimit":{"Amount":"10","Unit":"USD"},
             "TimePeriod":{"Start":1767225600,"End":1798761600} },"ResourceTags":[{"Key":"k","Value":"v"},{"Key":"l","Value":"v"}]}
            """);
        await CreateAsync("b", "{}");
        await _budgets.CallAsync("TagResource", $"{{{Arn},\"ResourceTags\":[{{\"Key\":\"k\",\"Value\":\"w\"}}]}}");
        await _budgets.CallAsync("UntagResource", $"{{{Arn},\"ResourceTagKeys\":[\"l\"]}}");
        Assert.Equal("""[{"Key":"k","Value":"w"}]""", (await _budgets.CallAsync("ListTagsForResource", $"{{{Arn}}}"))["ResourceTags"]!.ToJsonString());
        Assert.Equal("""{"Start":1767225600,"End":1798761600}""", (await DescribeAsync("a"))["TimePeriod"]!.ToJsonString());

        await _budgets.CallAsync("UpdateBudget", $$"""
            {{{Account}},"NewBudget":{"BudgetName":"a","BudgetType":"COST","TimeUnit":"DAILY","BudgetLimit":{"Amount":"20","Unit":"USD"},
             "CostFilters":{"Service":["Amazon SageMaker"]},"TimePeriod":{"Start":1767225601,"End":1798761601} } }
            """);
        var changed = await DescribeAsync("a");
        Assert.Equal(("DAILY", "20", "Amazon SageMaker"), ((string)changed["TimeUnit"]!, (string)changed["BudgetLimit"]!["Amount"]!, (string)changed["CostFilters"]!["Service"]![0]!));
        Assert.Equal("""{"Start":1767225601,"End":1798761601}""", changed["TimePeriod"]!.ToJsonString());
        var first = await _budgets.CallAsync("DescribeBudgets", $"{{{Account},\"MaxResults\":1}}");
        Assert.Equal("b", (string)Assert.Single((await _budgets.CallAsync("DescribeBudgets", $"{{{Account},\"MaxResults\":1,\"NextToken\":\"{first["NextToken"]}\"}}"))["Budgets"]!.AsArray())!["BudgetName"]!);

        await _budgets.CallAsync("DeleteBudget", $"{{{Account},\"BudgetName\":\"a\"}}");
        Assert.Equal("NotFoundException", (await _budgets.RefusedAsync("DeleteBudget", $"{{{Account},\"BudgetName\":\"a\"}}")).Code);
        foreach (var operation in new[] { "DescribeBudget", "DeleteBudget", "DescribeNotificationsForBudget" })
        {
            Assert.Equal("AccessDeniedException", (await _budgets.RefusedAsync(operation, """{"AccountId":"111111111111","BudgetName":"b"}""")).Code);
        }

        Assert.Equal("AccessDeniedException", (await _budgets.RefusedAsync("DescribeBudgets", """{"AccountId":"111111111111"}""")).Code);
    }

    [Fact]
    [Effect("CreateNotification", "AccountId", "BudgetName", "Notification.NotificationType", "Notification.ComparisonOperator", "Notification.Threshold", "Notification.ThresholdType",
        "Subscribers[].SubscriptionType", "Subscribers[].Address")]
    [Effect("DeleteNotification", "AccountId", "BudgetName", "Notification.NotificationType", "Notification.ComparisonOperator", "Notification.Threshold", "Notification.ThresholdType")]
    [Effect("DescribeNotificationsForBudget", "AccountId", "BudgetName", "MaxResults", "NextToken")]
    [Effect("DescribeSubscribersForNotification", "AccountId", "BudgetName", "Notification.NotificationType", "Notification.ComparisonOperator", "Notification.Threshold",
        "Notification.ThresholdType", "MaxResults", "NextToken")]
    public async Task Given_notifications_When_added_listed_and_removed_Then_each_is_told_by_all_that_it_says()
    {
        await CreateAsync("a", "{}", Notified("ACTUAL", "GREATER_THAN", 80, "PERCENTAGE"));
        var named = $"{Account},\"BudgetName\":\"a\"";
        await _budgets.CallAsync("CreateNotification", $$"""
            {{{named}},{{Notification}},"Subscribers":[{"SubscriptionType":"EMAIL","Address":"a@example.com"},{"SubscriptionType":"SNS","Address":"{{Topic}}"}]}
            """);

        Assert.Equal("DuplicateRecordException", (await _budgets.RefusedAsync("CreateNotification", $"{{{named},{Notification},\"Subscribers\":[{{\"SubscriptionType\":\"EMAIL\",\"Address\":\"a\"}}]}}")).Code);
        var first = await _budgets.CallAsync("DescribeNotificationsForBudget", $"{{{named},\"MaxResults\":1}}");
        var second = await _budgets.CallAsync("DescribeNotificationsForBudget", $"{{{named},\"MaxResults\":1,\"NextToken\":\"{first["NextToken"]}\"}}");
        Assert.Equal((80, 50, "OK"), ((int)(double)first["Notifications"]![0]!["Threshold"]!, (int)(double)second["Notifications"]![0]!["Threshold"]!, (string)second["Notifications"]![0]!["NotificationState"]!));
        var one = await _budgets.CallAsync("DescribeSubscribersForNotification", $"{{{named},{Notification},\"MaxResults\":1}}");
        var two = await _budgets.CallAsync("DescribeSubscribersForNotification", $"{{{named},{Notification},\"MaxResults\":1,\"NextToken\":\"{one["NextToken"]}\"}}");
        Assert.Equal(("a@example.com", Topic), ((string)one["Subscribers"]![0]!["Address"]!, (string)two["Subscribers"]![0]!["Address"]!));
        foreach (var (from, to) in new[] { ("ACTUAL", "FORECASTED"), ("GREATER_THAN", "LESS_THAN"), ("50", "51"), ("PERCENTAGE", "ABSOLUTE_VALUE") })
        {
            Assert.Equal("NotFoundException", (await _budgets.RefusedAsync("DeleteNotification", $"{{{named},{Notification.Replace(from, to, StringComparison.Ordinal)}}}")).Code);
        }

        await _budgets.CallAsync("DeleteNotification", $"{{{named},{Notification}}}");
        Assert.Equal("NotFoundException", (await _budgets.RefusedAsync("DescribeSubscribersForNotification", $"{{{named},{Notification}}}")).Code);
    }

    [Theory]
    [InlineData("""{"BudgetName":"a","BudgetType":"USAGE","TimeUnit":"MONTHLY","BudgetLimit":{"Amount":"1","Unit":"USD"}}""")]
    [InlineData("""{"BudgetName":"a","BudgetType":"COST","TimeUnit":"MONTHLY"}""")]
    [InlineData("""{"BudgetName":"a","BudgetType":"COST","TimeUnit":"MONTHLY","BudgetLimit":{"Amount":"1","Unit":"EUR"}}""")]
    [InlineData("""{"BudgetName":"a","BudgetType":"COST","TimeUnit":"MONTHLY","BudgetLimit":{"Amount":"1","Unit":"USD"},"CostFilters":{"Region":["us-east-1"]}}""")]
    [InlineData("""{"BudgetName":"a","BudgetType":"COST","TimeUnit":"MONTHLY","BudgetLimit":{"Amount":"1","Unit":"USD"},"CostFilters":{"TagKeyValue":["team$x"]}}""")]
    [InlineData("""{"BudgetName":"a","BudgetType":"COST","TimeUnit":"MONTHLY","BudgetLimit":{"Amount":"1","Unit":"USD"},"CostTypes":{"IncludeTax":true}}""")]
    public async Task Given_a_budget_that_is_not_emulated_When_created_Then_it_is_refused(string budget) =>
        Assert.Equal("InvalidParameterException", (await _budgets.RefusedAsync("CreateBudget", $"{{{Account},\"Budget\":{budget}}}")).Code);

    private static string Notified(string type, string comparison, double threshold, string thresholdType) => FormattableString.Invariant($$"""
        {"Notification":{"NotificationType":"{{type}}","ComparisonOperator":"{{comparison}}","Threshold":{{threshold}},"ThresholdType":"{{thresholdType}}"},
         "Subscribers":[{"SubscriptionType":"SNS","Address":"{{Topic}}"},{"SubscriptionType":"EMAIL","Address":"team@example.com"}]}
        """);

    private Task CreateAsync(string name, string filters, string notifications = "") => _budgets.CallAsync("CreateBudget", FormattableString.Invariant($$"""
        {{{Account}},"Budget":{"BudgetName":"{{name}}","BudgetType":"COST","TimeUnit":"MONTHLY","CostFilters":{{filters}},
         "BudgetLimit":{"Amount":"{{Instance.UsdPerHour}}","Unit":"USD"} },"NotificationsWithSubscribers":[{{notifications}}]}
        """));

    private async Task<JsonObject> DescribeAsync(string name) => (await _budgets.CallAsync("DescribeBudget", $"{{{Account},\"BudgetName\":\"{name}\"}}"))["Budget"]!.AsObject();

    private async Task<string> SpendAsync(string name) => (string)(await DescribeAsync(name))["CalculatedSpend"]!["ActualSpend"]!["Amount"]!;

    private TrainingJob Job(string team, string name, int seconds)
    {
        var submitted = JsonNode.Parse($$"""
            {"TrainingJobName":"{{name}}","AlgorithmSpecification":{"TrainingInputMode":"File"},"RoleArn":"r","OutputDataConfig":{"S3OutputPath":"s3://b/o"},
             "ResourceConfig":{"InstanceType":"{{Instance.Type}}","InstanceCount":1,"VolumeSizeInGB":1},"StoppingCondition":{"MaxRuntimeInSeconds":7200} }
            """)!.AsObject();
        var started = _time.GetUtcNow().AddSeconds(-seconds);
        return new TrainingJob(name, $"arn:aws:sagemaker:us-east-1:000000000000:training-job/{name}", submitted, new SpotSchedule(), started, [new Tag("team", team)])
            .Enter(Phase.Downloading, "Downloading", started)
            .Finish(JobStatus.Completed, Phase.Completed, "Completed", _time.GetUtcNow());
    }
}
