using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.Sandbox.Tests.Terraform;

/// <summary>Alarms, topics, rules, dashboards, projects and budgets of Terraform are those of the services: they work, drift and can be imported.</summary>
public sealed class TerraformAlarmTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    private static readonly string[] Imported =
    [
        "aws_cloudwatch_metric_alarm.a alarm-a", "aws_cloudwatch_composite_alarm.a alarm-b", "aws_cloudwatch_dashboard.a dash",
        "aws_sns_topic.a arn:aws:sns:us-east-1:000000000000:topic-a", "aws_sns_topic_policy.a arn:aws:sns:us-east-1:000000000000:topic-a",
        "aws_budgets_budget.a 000000000000:budget-a", "aws_cloudwatch_event_rule.a rule-a", "aws_cloudwatch_event_target.a rule-a/target-a",
        "aws_cloudwatch_event_rule.b rule-b", "aws_cloudwatch_event_target.b rule-b/target-b",
        "aws_codebuild_project.a arn:aws:codebuild:us-east-1:000000000000:project/project-a",
    ];

    [SkippableFact]
    [Trait("Tier", "all")]
    public async Task Given_alarms_of_Terraform_When_they_fire_drift_and_are_imported_Then_they_are_those_of_the_services()
    {
        using var terraform = await TerraformFolder.OfFixtureAsync(sandbox, "alarms");
        await terraform.ApplyAsync();
        await terraform.PlanFindsNoChangesAsync();

        await CallAsync("monitoring", "SetAlarmState", """{"AlarmName":"alarm-a","StateValue":"ALARM","StateReason":"test"}""");
        await CallAsync("events", "PutEvents", """{"Entries":[{"Source":"mine","DetailType":"Thing","Detail":"{\"n\":7}"}]}""");
        var inventory = JsonNode.Parse(await sandbox.Http.GetStringAsync("/_sandbox/resources"))!;
        var history = await CallAsync("monitoring", "DescribeAlarmHistory", """{"AlarmTypes":["CompositeAlarm"],"HistoryItemType":"Action"}""");
        var events = JsonNode.Parse(await sandbox.Http.GetStringAsync("/_sandbox/events"))!.AsArray();
        Assert.Equal(["ALARM", "ALARM"], inventory["alarms"]!.AsArray().Select(alarm => (string)alarm!["state"]!));
        Assert.Contains("Successfully executed", (string)history["AlarmHistoryItems"]![0]!["HistorySummary"]!, StringComparison.Ordinal);
        Assert.Null(Assert.Single(events)!["error"]);

        await CallAsync("monitoring", "DisableAlarmActions", """{"AlarmNames":["alarm-a"]}""");
        await CallAsync("monitoring", "DeleteDashboards", """{"DashboardNames":["dash"]}""");
        await CallAsync("monitoring", "PutCompositeAlarm", """{"AlarmName":"alarm-b","AlarmRule":"FALSE"}""");
        await CallAsync("events", "DisableRule", """{"Name":"rule-a"}""");
        await CallAsync("events", "RemoveTargets", """{"Rule":"rule-a","Ids":["target-a"]}""");
        await CallAsync("events", "UntagResource", """{"ResourceARN":"arn:aws:events:us-east-1:000000000000:rule/rule-a","TagKeys":["team"]}""");
        await CallAsync("budgets", "DeleteNotification", """
            {"AccountId":"000000000000","BudgetName":"budget-a","Notification":{"NotificationType":"ACTUAL","ComparisonOperator":"GREATER_THAN","Threshold":80}}
            """);
        await CallAsync("budgets", "UpdateBudget", """
            {"AccountId":"000000000000","NewBudget":{"BudgetName":"budget-a","BudgetType":"COST","TimeUnit":"DAILY","BudgetLimit":{"Amount":"1","Unit":"USD"}}}
            """);
        await CallAsync("codebuild", "UpdateProject", """{"name":"project-a","timeoutInMinutes":5,"source":{"type":"NO_SOURCE","buildspec":"{\"version\":\"0.2\"}"}}""");
        var drift = await terraform.PlanActionsAsync();
        await terraform.ApplyAsync();
        await terraform.PlanFindsNoChangesAsync();
        Assert.Equal(
            [
                "aws_budgets_budget.a update", "aws_cloudwatch_composite_alarm.a update", "aws_cloudwatch_dashboard.a create", "aws_cloudwatch_event_rule.a update",
                "aws_cloudwatch_event_target.a create", "aws_cloudwatch_metric_alarm.a update", "aws_codebuild_project.a update",
            ],
            drift.Select(change => $"{change.Key} {change.Value}").Order());

        await terraform.RunAsync(["state", "rm", .. Imported.Select(one => one.Split(' ')[0])]);
        terraform.Write(string.Concat(Imported.Select(one => $"import {{\n  to = {one.Split(' ')[0]}\n  id = \"{one.Split(' ')[1]}\"\n}}\n")), "imports.tf");
        var plan = await terraform.PlanAsync();
        var changes = plan["resource_changes"]!.AsArray().ToDictionary(change => (string)change!["address"]!, change => change!["change"]!);
        Assert.All(Imported, one => Assert.Equal("no-op", (string)Assert.Single(changes[one.Split(' ')[0]]["actions"]!.AsArray())!));
        await terraform.RunAsync("apply", "-input=false", "saved.tfplan");
        await terraform.DestroyAsync();
        Assert.Empty((await CallAsync("monitoring", "DescribeAlarms", """{"AlarmTypes":["CompositeAlarm","MetricAlarm"]}"""))["MetricAlarms"]!.AsArray());
        Assert.Empty((await CallAsync("events", "ListRules", "{}"))["Rules"]!.AsArray());
        Assert.Empty((await CallAsync("codebuild", "BatchGetProjects", """{"names":["project-a"]}"""))["projects"]!.AsArray());
    }

    private Task<JsonNode> CallAsync(string service, string operation, string input) =>
        sandbox.CallAsync(service, $"Target.{operation}", JsonNode.Parse(input)!.AsObject());
}
