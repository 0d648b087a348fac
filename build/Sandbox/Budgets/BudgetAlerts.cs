using System.Globalization;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.SageMaker.Jobs;
using BuildPipeline.Sandbox.Sns;

namespace BuildPipeline.Sandbox.Budgets;

/// <summary>Charges each training job when it ends, and tells whom the budgets name.</summary>
internal sealed partial class BudgetAlerts(
    BudgetStore store, TrainingJobStore jobs, ITopics topics, Deliveries deliveries, SandboxSettings settings, TimeProvider time, ILogger<BudgetAlerts> logger)
    : TrainingJobWatcher(jobs)
{
    private const int SecondsPerHour = 3600;
    private const string Principal = "budgets.amazonaws.com";

    /// <summary>Sends what is due of all budgets, each notification once in a period.</summary>
    public void Check()
    {
        var now = time.GetUtcNow();
        foreach (var budget in store.Budgets)
        {
            var (spend, period) = (store.SpendOf(budget, now), budget.PeriodOf(now));
            BudgetNotification[] due = [.. budget.Notifications.Where(notification => notification.SentFor != period && notification.IsDue(spend, budget.Limit))];
            if (due.Length == 0)
            {
                continue;
            }

            store.Update(budget.Name, before => before with
            {
                Notifications = [.. before.Notifications.Select(one => due.Any(one.IsSame) ? one with { SentFor = period } : one)],
            });
            foreach (var notification in due)
            {
                Send(budget, notification, spend, now);
            }
        }
    }

    /// <summary>Charges a job that is over; its bill counts from then on.</summary>
    public void Charge(TrainingJob job)
    {
        var request = job.Request.ResourceConfig;
        if (job.IsOver && job.BillableTimeInSeconds(time.GetUtcNow()) is { } seconds
            && InstanceFacts.Types.FirstOrDefault(type => type.Type == request.InstanceType)?.UsdPerHour is { } rate)
        {
            var tags = job.Tags.ToDictionary(tag => tag.Key, tag => tag.Value, StringComparer.Ordinal);
            store.Note(new Charge(job.Arn, job.TrainingEndTime ?? job.LastModifiedTime, rate * request.InstanceCount * seconds / SecondsPerHour, tags));
            Check();
        }
    }

    protected override void Saw(TrainingJob job) => Charge(job);

    private void Send(Budget budget, BudgetNotification notification, decimal spend, DateTimeOffset now)
    {
        var subject = $"AWS Budgets: {budget.Name} has exceeded your alert threshold";
        var text = string.Create(CultureInfo.InvariantCulture, $"""
            AWS account {settings.AccountId}: the actual cost of the budget {budget.Name} is ${spend:0.00}, of ${budget.Limit:0.00} in the period from {budget.PeriodOf(now):yyyy-MM-dd}.
            The threshold is {notification.ComparisonOperator} {notification.Threshold} ({notification.ThresholdType}).

            """);
        foreach (var subscriber in notification.Subscribers)
        {
            if (subscriber.Type == "EMAIL")
            {
                deliveries.Record(new Delivery(Guid.NewGuid().ToString(), ArnOf(budget.Name), "", "email", subscriber.Address, "Notification")
                {
                    Subject = subject, Body = text, Time = now,
                });
            }
            else
            {
                Publish(subscriber.Address, budget, new TopicMessage(text) { Subject = subject[..Math.Min(subject.Length, 100)] });
            }
        }
    }

    private void Publish(string topic, Budget budget, TopicMessage message)
    {
        try
        {
            topics.Publish(topic, message, new ServicePublisher(Principal, ArnOf(budget.Name)));
        }
        catch (AwsError error)
        {
            LogRefusal(logger, budget.Name, topic, error.Code, error.Message);
        }
    }

    private string ArnOf(string name) => $"arn:{Partition.From(settings.Region).Name}:budgets::{settings.AccountId}:budget/{name}";

    [LoggerMessage(LogLevel.Warning, "The budget {Budget} could not notify {Topic}: {Code}: {Reason}")]
    private static partial void LogRefusal(ILogger logger, string budget, string topic, string code, string reason);
}
