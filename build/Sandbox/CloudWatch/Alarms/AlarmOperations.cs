using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.CloudWatch.Alarms;

/// <summary>The operations that change alarms.</summary>
internal sealed class AlarmOperations(
    PerRegion<AlarmStore> stores, AlarmStates states, AlarmMonitor monitor, SandboxSettings settings, TimeProvider time) : IAwsOperations
{
    public IReadOnlyDictionary<string, AwsOperation> Operations => new Dictionary<string, AwsOperation>(StringComparer.Ordinal)
    {
        ["PutMetricAlarm"] = AwsOperations.Of(PutMetric),
        ["PutCompositeAlarm"] = AwsOperations.Of(PutComposite),
        ["DeleteAlarms"] = AwsOperations.Of(Delete),
        ["SetAlarmState"] = AwsOperations.Of(SetState),
        ["EnableAlarmActions"] = AwsOperations.Of(call => SetActions(call, areEnabled: true)),
        ["DisableAlarmActions"] = AwsOperations.Of(call => SetActions(call, areEnabled: false)),
    };

    private JsonObject? PutMetric(AwsCall call)
    {
        Put(call, (alarm, _) => alarm with { Metric = AlarmRequests.Metric(call.Input) });
        monitor.Schedule();
        return null;
    }

    private JsonObject? PutComposite(AwsCall call)
    {
        var alarm = Put(call, (alarm, store) => alarm with { Rule = AlarmRequests.Rule(call.Input, store, alarm.Name, alarm.Arn) });
        states.EvaluateComposite(call.Region, alarm.Name);
        return null;
    }

    private Alarm Put(AwsCall call, Func<Alarm, AlarmStore, Alarm> complete)
    {
        var (store, now) = (stores.In(call.Region), time.GetUtcNow());
        lock (store.Gate)
        {
            var before = store.Find(call.Input.RequiredText("AlarmName"));
            var alarm = complete(AlarmRequests.Common(call.Input, before, name => settings.Arn("cloudwatch", call.Region, $"alarm:{name}"), now), store);
            AlarmRequests.Require(
                before is null || before.Type == alarm.Type, $"An alarm with the name {alarm.Name} exists already, as a {before?.Type}.");
            store.Put(alarm);
            store.Note(AlarmDocuments.ConfigurationUpdate(alarm, before is null ? "Create" : "Update", now));
            return alarm;
        }
    }

    // Names that no alarm has are passed over.
    private JsonObject? Delete(AwsCall call)
    {
        var store = stores.In(call.Region);
        lock (store.Gate)
        {
            Alarm[] alarms = [.. call.Input.Texts("AlarmNames").Distinct().Select(store.Find).OfType<Alarm>()];
            AlarmRequests.Require(alarms.Count(alarm => alarm.Rule is not null) <= 1, "Only one composite alarm can be deleted at a time.");
            foreach (var alarm in alarms)
            {
                AlarmRequests.Require(!store.ParentsOf(alarm).Any(), $"Cannot delete {alarm.Name} as there are composite alarm(s) depending on it.");
            }

            foreach (var alarm in alarms)
            {
                store.Remove(alarm.Name);
                store.Note(AlarmDocuments.ConfigurationUpdate(alarm, "Delete", time.GetUtcNow()));
            }
        }

        monitor.Schedule();
        return null;
    }

    private JsonObject? SetState(AwsCall call)
    {
        var (name, data) = (call.Input.RequiredText("AlarmName"), call.Input.Text("StateReasonData"));
        if (stores.In(call.Region).Find(name) is null)
        {
            throw new AwsError(404, "ResourceNotFound", $"The alarm {name} does not exist.");
        }

        if (data is not null && JsonText.Parse(data) is null)
        {
            throw new AwsError(400, "InvalidFormat", "StateReasonData was not in the correct format: it is not JSON.");
        }

        states.Enter(call.Region, name, Enum.Parse<AlarmState>(call.Input.RequiredText("StateValue")), (call.Input.RequiredText("StateReason"), data));
        return null;
    }

    private JsonObject? SetActions(AwsCall call, bool areEnabled)
    {
        foreach (var name in call.Input.Texts("AlarmNames"))
        {
            stores.In(call.Region).Update(name, alarm => alarm with { ActionsEnabled = areEnabled });
        }

        return null;
    }
}
