using BuildPipeline.Sandbox.Terraform.Rules;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>Topics of SNS, their policies and the subscriptions to them.</summary>
internal static class TopicResources
{
    private static readonly string[] FeedbackProtocols = ["application", "firehose", "http", "lambda", "sqs"];

    public static IReadOnlyList<ResourceDefinition> All { get; } =
    [
        new("aws_sns_topic")
        {
            ForceNew = ["fifo_topic", "name", "name_prefix"],
            Defaults = new Dictionary<string, Value> { ["content_based_deduplication"] = false, ["fifo_topic"] = false },
            Json = ["policy", "delivery_policy"],
            Rules =
            [
                Checks.Matches("name", @"^[a-zA-Z0-9_-]{1,256}(\.fifo)?$", "only letters, digits, underscores and hyphens, at most 256"),
                Checks.Length("display_name", 0, 100),
                Checks.Policy("policy"),
                Checks.Json("delivery_policy"),
                Checks.Between("signature_version", 1, 2),
                Checks.OneOf("tracing_config", "PassThrough", "Active"),
                new ExclusiveRule(["name", "name_prefix"]),
                new NotEmulatedRule("archive_policy"),
                new NotEmulatedRule("content_based_deduplication", "false"),
                new NotEmulatedRule("delivery_policy"),
                new NotEmulatedRule("fifo_throughput_scope"),
                new NotEmulatedRule("fifo_topic", "false"),
                new NotEmulatedRule("tracing_config", "PassThrough"),
                .. FeedbackProtocols.SelectMany(protocol => new[] { "failure_feedback_role_arn", "success_feedback_role_arn", "success_feedback_sample_rate" }
                    .Select(setting => new NotEmulatedRule($"{protocol}_{setting}"))),
            ],
            Unique = new("name", "InvalidParameter"),
            Complete = CompleteTopic,
            Identify = arn => MapValue.Empty.With("arn", arn).With("name", arn.Split(':')[^1]),
            Effects = new TopicEffects(),
        },
        new("aws_sns_topic_policy")
        {
            ForceNew = ["arn"],
            Json = ["policy"],
            Rules = [Checks.Arn("arn"), Checks.Policy("policy")],
            Complete = writer =>
            {
                writer.Fill("id", writer.State["arn"]);
                writer.Fill("owner", writer.Context.Account);
            },
            Identify = arn => MapValue.Empty.With("arn", arn),
            Effects = new TopicPolicyEffects(),
        },
        new("aws_sns_topic_subscription")
        {
            ForceNew = ["endpoint", "protocol", "topic_arn"],
            Defaults = new Dictionary<string, Value>
            {
                ["confirmation_timeout_in_minutes"] = 1, ["endpoint_auto_confirms"] = false, ["raw_message_delivery"] = false,
            },
            Rules =
            [
                Checks.Arn("topic_arn"),
                Checks.OneOf("protocol", "application", "email", "email-json", "firehose", "http", "https", "lambda", "sms", "sqs"),
                new NotEmulatedRule("delivery_policy"),
                new NotEmulatedRule("filter_policy"),
                new NotEmulatedRule("filter_policy_scope"),
                new NotEmulatedRule("redrive_policy"),
                new NotEmulatedRule("replay_policy"),
                new NotEmulatedRule("subscription_role_arn"),
            ],
            Identify = arn => MapValue.Empty.With("arn", arn),
            Effects = new SubscriptionEffects(),
        },
    ];

    /// <summary>The policy of a topic whose own is taken away: its owner may do everything.</summary>
    public static string DefaultPolicy(string arn, string account) =>
        $$$"""{"Id":"__default_policy_ID","Statement":[{"Action":["SNS:GetTopicAttributes","SNS:SetTopicAttributes","SNS:AddPermission","SNS:RemovePermission","SNS:DeleteTopic","SNS:Subscribe","SNS:ListSubscriptionsByTopic","SNS:Publish"],"Condition":{"StringEquals":{"AWS:SourceOwner":"{{{account}}}"}},"Effect":"Allow","Principal":{"AWS":"*"},"Resource":"{{{arn}}}","Sid":"__default_statement_ID"}],"Version":"2008-10-17"}""";

    private static void CompleteTopic(StateWriter writer)
    {
        var name = writer.FillName();
        writer.Fill("arn", writer.Context.Arn("sns", name));
        writer.Fill("id", writer.State["arn"]);
        writer.Fill("beginning_archive_time", "");
    }
}
