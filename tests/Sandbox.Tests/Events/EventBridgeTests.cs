using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Events;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.SageMaker;
using BuildPipeline.Sandbox.SageMaker.Jobs;
using BuildPipeline.Sandbox.SageMaker.Spot;
using BuildPipeline.Sandbox.Tests.CloudWatch;
using BuildPipeline.Sandbox.Tests.CodeBuild;
using BuildPipeline.Sandbox.Tests.Models;

namespace BuildPipeline.Sandbox.Tests.Events;

public sealed class EventBridgeTests : IDisposable
{
    private const string Topic = "arn:aws:sns:us-east-1:000000000000:alerts";
    private const string Pattern = "\\\"source\\\":[\\\"mine\\\"]";

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("sandbox-events-").FullName;
    private readonly RememberingTopics _topics = new();
    private readonly PerRegion<EventStore> _stores;
    private readonly EventsService _events;
    private readonly CodeBuildHarness _codeBuild = new();
    private readonly EventSchedules _schedules;

    public EventBridgeTests()
    {
        var settings = new SandboxSettings(_folder);
        _stores = EventStore.OfRegions(settings);
        var bus = new EventBus(_stores, new TargetDelivery(_topics, _codeBuild.Scheduler, _codeBuild.ServiceRoles), settings);
        _events = new EventsService(new RuleOperations(_stores, settings, _codeBuild.Time), new TargetOperations(_stores), new BusOperations(bus, _codeBuild.Time));
        _schedules = new EventSchedules(_stores, bus, _codeBuild.Time);
    }

    public void Dispose()
    {
        _schedules.Dispose();
        _codeBuild.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    [Effect("PutRule", "Name", "EventPattern", "State", "EventBusName")]
    [Effect("PutTargets", "Rule", "EventBusName", "Targets[].Id", "Targets[].Arn", "Targets[].Input", "Targets[].InputPath", "Targets[].InputTransformer.InputPathsMap",
        "Targets[].InputTransformer.InputTemplate")]
    [Effect("PutEvents", "Entries[].Time", "Entries[].Source", "Entries[].Resources", "Entries[].DetailType", "Entries[].Detail", "Entries[].EventBusName")]
    public async Task Given_rules_When_an_event_matches_Then_each_target_is_sent_what_it_wants_of_it()
    {
        await PutRuleAsync("r");
        await PutRuleAsync("off", ",\"State\":\"DISABLED\"");
        await PutTargetsAsync("off", $$"""{"Id":"t","Arn":"{{Topic}}"}""");
        await PutTargetsAsync("r", $$$"""
            {"Id":"all","Arn":"{{{Topic}}}"},{"Id":"fixed","Arn":"{{{Topic}}}","Input":"\"fixed\""},{"Id":"part","Arn":"{{{Topic}}}","InputPath":"$.detail.n"},
            {"Id":"made","Arn":"{{{Topic}}}","InputTransformer":{"InputPathsMap":{"n":"$.detail.n"},"InputTemplate":"\"n is <n>\""}},{"Id":"shut","Arn":"arn:aws:sns:us-east-1:000000000000:closed"}
            """);

        var answer = await _events.CallAsync("PutEvents", """
            {"Entries":[
              {"Source":"mine","DetailType":"Thing","Detail":"{\"n\":7}","Resources":["arn:x"],"Time":1767225600,"EventBusName":"default"},
              {"Source":"other","DetailType":"Thing","Detail":"{}"},
              {"Source":"aws.mine","DetailType":"Thing","Detail":"{}"},
              {"Source":"mine","DetailType":"Thing","Detail":"x"},
              {"Source":"mine","Detail":"{}"}]}
            """);

        Assert.Equal((3, 5), ((int)answer["FailedEntryCount"]!, answer["Entries"]!.AsArray().Count));
        Assert.Equal(["\"fixed\"", "7", "\"n is 7\""], _topics.Published.Skip(1).Select(message => message.Message.Body));
        var whole = JsonNode.Parse(_topics.Published[0].Message.Body)!;
        Assert.Equal(("0", "Thing", "000000000000", "2026-01-01T00:00:00Z"), ((string)whole["version"]!, (string)whole["detail-type"]!, (string)whole["account"]!, (string)whole["time"]!));
        Assert.Equal(("arn:x", (string)answer["Entries"]![0]!["EventId"]!), ((string)whole["resources"]![0]!, (string)whole["id"]!));
        Assert.Equal("events.amazonaws.com", _topics.Published[0].Publisher.Principal);
        Assert.Equal(["all", "fixed", "made", "part", "shut"], _stores.In("us-east-1").Deliveries.Select(delivery => delivery.Target).Order());
        Assert.Contains("AuthorizationError", Assert.Single(_stores.In("us-east-1").Deliveries, delivery => delivery.Error is not null).Error, StringComparison.Ordinal);
    }

    [Fact]
    [Effect("PutRule", "Description", "Tags[].Key", "Tags[].Value")]
    [Effect("DescribeRule", "Name", "EventBusName")]
    [Effect("ListRules", "NamePrefix", "EventBusName", "NextToken", "Limit")]
    [Effect("ListTargetsByRule", "Rule", "EventBusName", "NextToken", "Limit")]
    [Effect("RemoveTargets", "Rule", "EventBusName", "Ids")]
    [Effect("DisableRule", "Name", "EventBusName")]
    [Effect("EnableRule", "Name", "EventBusName")]
    [Effect("DeleteRule", "Name", "EventBusName")]
    [Effect("TagResource", "ResourceARN", "Tags[].Key", "Tags[].Value")]
    [Effect("UntagResource", "ResourceARN", "TagKeys")]
    [Effect("ListTagsForResource", "ResourceARN")]
    public async Task Given_rules_When_changed_listed_and_deleted_Then_names_pages_and_buses_decide()
    {
        const string Arn = "\"ResourceARN\":\"arn:aws:events:us-east-1:000000000000:rule/r1\"";
        await PutRuleAsync("r1", ",\"Description\":\"of mine\",\"Tags\":[{\"Key\":\"k\",\"Value\":\"v\"},{\"Key\":\"l\",\"Value\":\"v\"}]");
        await PutRuleAsync("r2");
        await PutRuleAsync("s");
        await PutTargetsAsync("r1", $$"""{"Id":"a","Arn":"{{Topic}}"},{"Id":"b","Arn":"{{Topic}}"}""");

        Assert.Equal("of mine", (string)(await _events.CallAsync("DescribeRule", """{"Name":"r1"}"""))["Description"]!);
        Assert.Equal(["r1", "r2"], await NamesAsync("\"NamePrefix\":\"r\""));
        var first = await _events.CallAsync("ListRules", """{"Limit":2,"EventBusName":"default"}""");
        Assert.Equal(["s"], await NamesAsync($"\"Limit\":2,\"NextToken\":\"{first["NextToken"]}\""));
        var targets = await _events.CallAsync("ListTargetsByRule", """{"Rule":"r1","Limit":1}""");
        Assert.Equal("b", (string)Assert.Single((await _events.CallAsync("ListTargetsByRule", $$"""{"Rule":"r1","Limit":1,"NextToken":"{{targets["NextToken"]}}"}"""))["Targets"]!.AsArray())!["Id"]!);
        await _events.CallAsync("DisableRule", """{"Name":"r1"}""");
        Assert.Equal("DISABLED", (string)(await _events.CallAsync("DescribeRule", """{"Name":"r1"}"""))["State"]!);
        await _events.CallAsync("EnableRule", """{"Name":"r1"}""");
        Assert.Equal("ENABLED", (string)(await _events.CallAsync("DescribeRule", """{"Name":"r1"}"""))["State"]!);
        await _events.CallAsync("TagResource", $"{{{Arn},\"Tags\":[{{\"Key\":\"k\",\"Value\":\"w\"}}]}}");
        await _events.CallAsync("UntagResource", $"{{{Arn},\"TagKeys\":[\"l\"]}}");
        Assert.Equal("""[{"Key":"k","Value":"w"}]""", (await _events.CallAsync("ListTagsForResource", $"{{{Arn}}}"))["Tags"]!.ToJsonString());

        Assert.Equal("ValidationException", (await _events.RefusedAsync("DeleteRule", """{"Name":"r1"}""")).Code);
        await _events.CallAsync("RemoveTargets", """{"Rule":"r1","Ids":["a","b","none"]}""");
        await _events.CallAsync("DeleteRule", """{"Name":"r1"}""");
        await _events.CallAsync("DeleteRule", """{"Name":"r1"}""");
        foreach (var (operation, member) in new[] { ("DescribeRule", "Name"), ("EnableRule", "Name"), ("DisableRule", "Name"), ("ListTargetsByRule", "Rule"), ("RemoveTargets", "Rule"), ("DeleteRule", "Name") })
        {
            var ids = operation == "RemoveTargets" ? ",\"Ids\":[\"a\"]" : "";
            Assert.Equal("ResourceNotFoundException", (await _events.RefusedAsync(operation, $"{{\"{member}\":\"s\",\"EventBusName\":\"other\"{ids}}}")).Code);
        }

        Assert.Equal("ResourceNotFoundException", (await _events.RefusedAsync("DescribeRule", """{"Name":"r1"}""")).Code);
    }

    [Theory]
    [InlineData("PutRule", """{"Name":"r","EventPattern":"[]"}""", "InvalidEventPatternException")]
    [InlineData("PutRule", """{"Name":"r"}""", "ValidationException")]
    [InlineData("PutRule", """{"Name":"r","ScheduleExpression":"rate(1 hours)"}""", "ValidationException")]
    [InlineData("PutRule", """{"Name":"r","ScheduleExpression":"cron(0 12 * * ? *)"}""", "ValidationException")]
    [InlineData("PutTargets", """{"Rule":"none","Targets":[{"Id":"t","Arn":"arn:aws:sns:us-east-1:000000000000:alerts"}]}""", "ResourceNotFoundException")]
    [InlineData("PutTargets", """{"Rule":"r","Targets":[{"Id":"t","Arn":"arn:aws:lambda:us-east-1:000000000000:function:f"}]}""", "ValidationException")]
    [InlineData("PutTargets", """{"Rule":"r","Targets":[{"Id":"t","Arn":"arn:aws:codebuild:us-east-1:000000000000:project/p","Input":"{}","RetryPolicy":{"MaximumRetryAttempts":0}}]}""", "ValidationException")]
    [InlineData("PutTargets", """{"Rule":"r","Targets":[{"Id":"t","Arn":"arn:aws:codebuild:us-east-1:000000000000:project/p","Input":"{}","RoleArn":"arn:aws:iam::000000000000:role/r"}]}""", "ValidationException")]
    [InlineData("PutTargets", """{"Rule":"r","Targets":[{"Id":"t","Arn":"arn:aws:codebuild:us-east-1:000000000000:project/p","Input":"{\"buildspecOverride\":\"\"}","RoleArn":"arn:aws:iam::000000000000:role/r","RetryPolicy":{"MaximumRetryAttempts":0}}]}""", "ValidationException")]
    [InlineData("PutTargets", """{"Rule":"r","Targets":[{"Id":"t","Arn":"arn:aws:sns:us-east-1:000000000000:alerts","RetryPolicy":{"MaximumRetryAttempts":3}}]}""", "ValidationException")]
    [InlineData("PutTargets", """{"Rule":"r","Targets":[{"Id":"t","Arn":"arn:aws:sns:eu-west-1:000000000000:alerts"}]}""", "ValidationException")]
    [InlineData("PutTargets", """{"Rule":"r","Targets":[{"Id":"t","Arn":"arn:aws:sns:us-east-1:000000000000:alerts","Input":"x"}]}""", "ValidationException")]
    [InlineData("PutTargets", """{"Rule":"r","Targets":[{"Id":"t","Arn":"arn:aws:sns:us-east-1:000000000000:alerts","InputPath":"$..x"}]}""", "ValidationException")]
    [InlineData("PutTargets", """{"Rule":"r","Targets":[{"Id":"t","Arn":"arn:aws:sns:us-east-1:000000000000:alerts","Input":"{}","InputPath":"$.x"}]}""", "ValidationException")]
    [InlineData("PutTargets", """{"Rule":"r","Targets":[{"Id":"t","Arn":"arn:aws:sns:us-east-1:000000000000:alerts","RoleArn":"arn:aws:iam::000000000000:role/r"}]}""", "ValidationException")]
    public async Task Given_what_EventBridge_or_the_sandbox_does_not_take_When_put_Then_it_is_refused(string operation, string input, string code)
    {
        if (operation == "PutTargets")
        {
            await PutRuleAsync("r");
        }

        Assert.Equal(code, (await _events.RefusedAsync(operation, input)).Code);
    }

    [SkippableFact]
    [Effect("PutRule", "ScheduleExpression")]
    [Effect("PutTargets", "Targets[].RoleArn", "Targets[].RetryPolicy.MaximumRetryAttempts")]
    public async Task Given_a_schedule_and_a_project_When_it_is_due_Then_a_build_starts_as_the_targets_role_and_none_beside_it()
    {
        Skip.If(OperatingSystem.IsWindows(), "A build is a program of sh.");
        const string Events = "arn:aws:iam::000000000000:role/keeper-events";
        var target = $$"""{"Id":"t","Arn":"{{CodeBuildHarness.ProjectArn}}","RoleArn":"{{Events}}","Input":"{}","RetryPolicy":{"MaximumRetryAttempts":0} }""";
        await _codeBuild.Service.CallAsync("CreateProject", $$"""
            {"name":"keeper","serviceRole":"{{CodeBuildHarness.Role}}","artifacts":{"type":"NO_ARTIFACTS"},"concurrentBuildLimit":1,
             "source":{"type":"NO_SOURCE","buildspec":"{\"version\":\"0.2\",\"phases\":{\"build\":{\"commands\":[\"while :; do sleep 0.05; done\"]} } }"},
             "environment":{"type":"LINUX_CONTAINER","image":"aws/codebuild/standard:7.0","computeType":"BUILD_GENERAL1_SMALL"} }
            """);
        await _events.CallAsync("PutRule", """{"Name":"clock","ScheduleExpression":"rate(15 minutes)"}""");
        await _events.CallAsync("PutTargets", $"{{\"Rule\":\"clock\",\"Targets\":[{target}]}}");
        await PutRuleAsync("change");
        await PutTargetsAsync("change", target);
        Assert.Equal("rate(15 minutes)", (string)(await _events.CallAsync("DescribeRule", """{"Name":"clock"}"""))["ScheduleExpression"]!);

        PassFifteenMinutes();
        _codeBuild.Roles.With("{'Effect':'Allow','Action':'codebuild:StartBuild','Resource':'*'}", Events, CodeBuildHarness.Trusting("events"));
        PassFifteenMinutes();
        await _events.CallAsync("PutEvents", """{"Entries":[{"Source":"mine","DetailType":"Thing","Detail":"{}"}]}""");
        _schedules.Check();

        var builds = _codeBuild.Stores.In("us-east-1").Builds.All;
        Assert.Equal("rule/clock", Assert.Single(builds).Initiator);
        Assert.Equal(
            ["Scheduled Event: AccessDenied", "Scheduled Event:", "Thing: AccountLimitExceededException"],
            _stores.In("us-east-1").Deliveries.Select(delivery => $"{delivery.DetailType}: {delivery.Error?.Split(':')[0]}".TrimEnd()));
    }

    [Theory]
    [InlineData("rate(1 minute)", 1)]
    [InlineData("rate(15 minutes)", 15)]
    [InlineData("rate(2 hours)", 120)]
    [InlineData("rate(1 day)", 1440)]
    [InlineData("rate(0 minutes)", null)]
    [InlineData("rate(1 minutes)", null)]
    [InlineData("rate(5 minute)", null)]
    public void Given_a_rate_When_parsed_Then_it_is_due_after_each(string expression, int? minutes)
    {
        var schedule = EventSchedule.Parse(expression);

        Assert.Equal(minutes, (int?)schedule?.Rate.TotalMinutes);
        Assert.Equal(minutes is null ? null : 2L, schedule?.CountAt(Start, Start + 2.5 * schedule.Rate));
    }

    [Fact]
    [Effect("TestEventPattern", "EventPattern", "Event")]
    public async Task Given_a_pattern_When_tested_Then_the_answer_tells_whether_it_matches()
    {
        Assert.True((bool)(await _events.CallAsync("TestEventPattern", $"{{\"EventPattern\":\"{{{Pattern}}}\",\"Event\":\"{{\\\"source\\\":\\\"mine\\\"}}\"}}"))["Result"]!);
        Assert.False((bool)(await _events.CallAsync("TestEventPattern", $"{{\"EventPattern\":\"{{{Pattern}}}\",\"Event\":\"{{}}\"}}"))["Result"]!);
    }

    [Fact]
    public void Given_a_job_that_changes_When_EventBridge_is_told_Then_times_are_milliseconds_and_tags_a_map()
    {
        var submitted = JsonNode.Parse("""
            {"TrainingJobName":"j","AlgorithmSpecification":{"TrainingInputMode":"File"},"RoleArn":"r","OutputDataConfig":{"S3OutputPath":"s3://b/o"},
             "ResourceConfig":{"InstanceType":"ml.m5.large","InstanceCount":1,"VolumeSizeInGB":1},"StoppingCondition":{"MaxRuntimeInSeconds":60},"HyperParameters":{"EndTime":"5"}}
            """)!.AsObject();
        var job = new TrainingJob("j", "arn:aws:sagemaker:us-east-1:000000000000:training-job/j", submitted, new SpotSchedule(), Start, [new Tag("team", "x")]);

        var told = JobEvents.Create(job.Enter(Phase.Downloading, "Downloading input data", Start.AddSeconds(1)), Start);

        Assert.Equal(("aws.sagemaker", "SageMaker Training Job State Change", job.Arn), (told.Source, told.DetailType, told.Resources[0]));
        Assert.Equal(("InProgress", "Downloading", "x"), ((string)told.Detail["TrainingJobStatus"]!, (string)told.Detail["SecondaryStatus"]!, (string)told.Detail["Tags"]!["team"]!));
        Assert.Equal(1_767_225_600_000, (long)told.Detail["CreationTime"]!);
        Assert.Equal(1_767_225_601_000, (long)told.Detail["SecondaryStatusTransitions"]![1]!["StartTime"]!);
        Assert.Equal("5", (string)told.Detail["HyperParameters"]!["EndTime"]!);
    }

    private void PassFifteenMinutes()
    {
        _codeBuild.Time.Advance(TimeSpan.FromMinutes(15));
        _schedules.Check();
    }

    private Task PutRuleAsync(string name, string members = "") => _events.CallAsync("PutRule", $"{{\"Name\":\"{name}\",\"EventPattern\":\"{{{Pattern}}}\",\"EventBusName\":\"default\"{members}}}");

    private Task PutTargetsAsync(string rule, string targets) => _events.CallAsync("PutTargets", $"{{\"Rule\":\"{rule}\",\"EventBusName\":\"default\",\"Targets\":[{targets}]}}");

    private async Task<IReadOnlyList<string>> NamesAsync(string members) =>
        [.. (await _events.CallAsync("ListRules", $"{{{members}}}"))["Rules"]!.AsArray().Select(rule => (string)rule!["Name"]!)];
}
