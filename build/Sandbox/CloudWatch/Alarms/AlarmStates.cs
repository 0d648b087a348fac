using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Events;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.Sns;

namespace BuildPipeline.Sandbox.CloudWatch.Alarms;

/// <summary>Moves alarms from state to state, with all that follows: history, actions, and the composite alarms above them.</summary>
internal sealed class AlarmStates(PerRegion<AlarmStore> stores, ITopics topics, EventBus bus, SandboxSettings settings, TimeProvider time)
{
    private const string Principal = "cloudwatch.amazonaws.com";

    /// <summary>Sets an alarm's state, if it is another one.</summary>
    /// <param name="reason">StateReason and StateReasonData.</param>
    public void Enter(string region, string name, AlarmState state, (string Text, string? Data) reason)
    {
        var store = stores.In(region);
        lock (store.Gate)
        {
            if (store.Find(name) is not { } before || before.Status.State == state)
            {
                return;
            }

            var now = time.GetUtcNow();
            var after = store.Update(name, alarm => alarm with { Status = new AlarmStatus(state, reason.Text, reason.Data, now, now) })!;
            store.Note(AlarmDocuments.StateUpdate(before, after));
            bus.Put(region, AlarmMessage.StateChange(before, after));
            Act(store, before, after);
            foreach (var parent in store.ParentsOf(after).ToList())
            {
                EvaluateComposite(region, parent.Name, after);
            }
        }
    }

    /// <summary>Puts a composite alarm into the state that its rule says.</summary>
    /// <param name="because">The alarm whose change is the cause; null where the rule itself changed.</param>
    public void EvaluateComposite(string region, string name, Alarm? because = null)
    {
        var store = stores.In(region);
        lock (store.Gate)
        {
            if (store.Find(name) is not { Rule: { } rule } composite)
            {
                return;
            }

            var state = AlarmRule.Parse(rule).Holds(child => store.Resolve(child)?.Status.State) ? AlarmState.ALARM : AlarmState.OK;
            Enter(region, name, state, CompositeReason(composite, because));
        }
    }

    private static (string Text, string? Data) CompositeReason(Alarm composite, Alarm? because)
    {
        if (because is null)
        {
            return ($"{composite.Arn} was evaluated from its rule", null);
        }

        var data = new JsonObject
        {
            ["triggeringAlarms"] = new JsonArray(new JsonObject
            {
                ["arn"] = because.Arn,
                ["state"] = new JsonObject { ["value"] = because.Status.State.ToString(), ["timestamp"] = AlarmTime.Text(because.Status.Updated) },
            }),
        };
        return ($"{because.Arn} transitioned to {because.Status.State} at {because.Status.Updated:dddd dd MMMM, yyyy HH:mm:ss} UTC", data.ToJsonString());
    }

    private void Act(AlarmStore store, Alarm before, Alarm after)
    {
        if (!after.ActionsEnabled)
        {
            return;
        }

        foreach (var action in after.ActionsOf(after.Status.State))
        {
            store.Note(AlarmDocuments.Action(after, action, Publish(before, after, action), time.GetUtcNow()));
        }
    }

    /// <returns>Why it was not published; null if it was.</returns>
    private string? Publish(Alarm before, Alarm after, string topic)
    {
        try
        {
            topics.Publish(topic, AlarmMessage.Create(before, after, settings.AccountId), new ServicePublisher(Principal, after.Arn));
            return null;
        }
        catch (AwsError error)
        {
            return $"{error.Code}: {error.Message}";
        }
    }
}
