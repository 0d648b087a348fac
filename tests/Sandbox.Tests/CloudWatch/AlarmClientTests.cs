using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.Sandbox.Tests.CloudWatch;

/// <summary>Alarms, topics, rules and budgets through AWS's own client, over a connection.</summary>
public sealed class AlarmClientTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    /// <summary>A webhook that confirms itself, an alarm and a rule that reach it, a budget; and what each client reads back.</summary>
    private const string Program = """
        import boto3, http.server, json, queue, threading, urllib.request

        received = queue.Queue()

        class Hook(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                document = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                self.end_headers()
                if document["Type"] == "SubscriptionConfirmation":
                    urllib.request.urlopen(document["SubscribeURL"]).read()
                received.put(document)

            def log_message(self, *args):
                pass

        server = http.server.HTTPServer(("127.0.0.1", 0), Hook)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sns, cloudwatch, events, budgets = (boto3.client(name) for name in ("sns", "cloudwatch", "events", "budgets"))

        topic = sns.create_topic(Name="alerts", Attributes={"SignatureVersion": "2"}, Tags=[{"Key": "k", "Value": "v"}])["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=f"http://127.0.0.1:{server.server_port}/", Attributes={"RawMessageDelivery": "false"})
        confirmation = received.get(timeout=20)
        certificate = urllib.request.urlopen(confirmation["SigningCertURL"]).read().decode()
        assert certificate.startswith("-----BEGIN CERTIFICATE-----"), certificate
        assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"][0]["SubscriptionArn"].startswith(topic)
        assert sns.get_topic_attributes(TopicArn=topic)["Attributes"]["SubscriptionsConfirmed"] == "1"

        cloudwatch.put_metric_alarm(
            AlarmName="a", Namespace="n", MetricName="m", Statistic="Average", Period=60, EvaluationPeriods=3, DatapointsToAlarm=2, Threshold=0.5,
            ComparisonOperator="GreaterThanThreshold", Dimensions=[{"Name": "Run", "Value": "1"}], AlarmActions=[topic])
        cloudwatch.put_composite_alarm(AlarmName="c", AlarmRule="ALARM(a)")
        alarm = cloudwatch.describe_alarms(AlarmNames=["a"])["MetricAlarms"][0]
        assert (alarm["Period"], alarm["EvaluationPeriods"], alarm["Threshold"], alarm["StateValue"]) == (60, 3, 0.5, "INSUFFICIENT_DATA"), alarm
        assert alarm["StateUpdatedTimestamp"].year > 2000, alarm
        cloudwatch.set_alarm_state(AlarmName="a", StateValue="ALARM", StateReason="test")
        notice = received.get(timeout=20)
        assert (notice["Subject"], json.loads(notice["Message"])["NewStateValue"]) == ('ALARM: "a" in US East (N. Virginia)', "ALARM"), notice
        assert cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"][0]["StateValue"] == "ALARM"
        assert len(cloudwatch.describe_alarm_history(HistoryItemType="StateUpdate")["AlarmHistoryItems"]) == 1
        cloudwatch.put_dashboard(DashboardName="d", DashboardBody='{"widgets":[]}')
        assert cloudwatch.list_dashboards()["DashboardEntries"][0]["Size"] == 14
        try:
            cloudwatch.delete_alarms(AlarmNames=["a"])
            raise AssertionError("deleted")
        except cloudwatch.exceptions.ClientError as error:
            assert error.response["Error"]["Code"] == "ValidationError", error.response

        policy = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sns:Publish", "Resource": topic}]}
        sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(policy))
        events.put_rule(Name="r", EventPattern=json.dumps({"source": ["mine"]}))
        events.put_targets(Rule="r", Targets=[{"Id": "t", "Arn": topic, "InputTransformer": {"InputPathsMap": {"n": "$.detail.n"}, "InputTemplate": '"n is <n>"'}}])
        assert events.put_events(Entries=[{"Source": "mine", "DetailType": "T", "Detail": '{"n": 7}'}])["FailedEntryCount"] == 0
        assert received.get(timeout=20)["Message"] == '"n is 7"'
        assert events.list_targets_by_rule(Rule="r")["Targets"][0]["Id"] == "t"

        budgets.create_budget(AccountId="000000000000", Budget={
            "BudgetName": "b", "BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": {"Amount": "10", "Unit": "USD"}, "CostFilters": {"TagKeyValue": ["user:team$x"]}})
        assert budgets.describe_budget(AccountId="000000000000", BudgetName="b")["Budget"]["CalculatedSpend"]["ActualSpend"] == {"Amount": "0", "Unit": "USD"}
        print("done")
        """;

    [SkippableFact]
    public async Task Given_boto3_When_an_alarm_and_a_rule_fire_Then_its_webhook_is_told_and_all_can_be_read_back()
    {
        Skip.IfNot(await ExternalTool.WorksAsync("python3", "-c", "import boto3"), "boto3 is not installed: alarms were not tried with it");

        var (exitCode, output, errors) = await ExternalTool.RunAsync("python3", ["-c", Program], sandbox.ClientEnvironment());

        Assert.True(exitCode == 0 && output.Trim() == "done", errors);
    }
}
