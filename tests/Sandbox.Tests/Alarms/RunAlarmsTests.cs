using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Tests.Terraform;

namespace BuildPipeline.Sandbox.Tests.Alarms;

/// <summary>infra's alarms on what the pipeline publishes: each case raises the alarm that is meant for it, within two periods, and no other.</summary>
public sealed class RunAlarmsTests(AlarmedSandbox alarmed) : IClassFixture<AlarmedSandbox>
{
    private const int HeartbeatMinutes = 5;

    private JsonObject Alarms
    {
        get
        {
            Skip.If(alarmed.Alarms is null, "terraform is not installed: infra's alarms are not tried.");
            return alarmed.Alarms!;
        }
    }

    [SkippableFact]
    public async Task Given_twenty_healthy_runs_When_they_are_followed_to_their_end_Then_nobody_is_told_anything()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            using var job = await TrainAsync();
            var random = new Random(seed);
            var (minutes, interruptions) = (random.Next(40, 110), random.Next(3));
            while (job.Minute < minutes)
            {
                if (interruptions > 0 && random.Next(20) == 0)
                {
                    interruptions--;
                    job.Enter("Interrupted");
                    await PassAsync(job, random.Next(1, 20));
                    job.Enter("Training");
                    await PassAsync(job, random.Next(1, 6));
                }

                await PassAsync(job, random.Next(4, 8));
                job.Save();
            }

            await job.EndAsync();
            await PassAsync(job, 10, isFollowed: false);

            Assert.Empty(job.Told);
            Assert.Empty(await job.InAlarmAsync());
        }
    }

    [SkippableFact]
    public async Task Given_a_job_that_stalls_When_three_checkpoints_are_missing_Then_that_alarm_is_raised_and_no_other()
    {
        using var job = await TrainAsync();
        await PassAsync(job, 5);
        job.Save();
        var due = job.Minute + 15;

        await PassAsync(job, 30);

        await AssertToldAsync(job, "stalled", due);
        job.Save();
        await PassAsync(job, 6);
        Assert.Empty(await job.InAlarmAsync());
    }

    [SkippableFact]
    public async Task Given_a_run_that_loses_most_of_its_work_When_it_has_had_nodes_for_an_hour_Then_that_alarm_is_raised_and_no_other()
    {
        using var job = await TrainAsync();
        while (job.Minute < 105)
        {
            await PassAsync(job, 5);
            job.Save();
            await PassAsync(job, 13);
            job.Enter("Interrupted");
            await PassAsync(job, 4);
            job.Enter("Training");
        }

        Assert.Equal("low-goodput", Assert.Single(job.Told).Alarm);
        Assert.InRange(job.Told[0].Minute, 60, 105);
    }

    [SkippableFact]
    public async Task Given_a_job_that_runs_long_When_twice_the_expected_time_is_over_Then_that_alarm_is_raised_and_no_other()
    {
        using var job = await TrainAsync();
        while (job.Minute < 130)
        {
            await PassAsync(job, 5);
            job.Save();
        }

        await AssertToldAsync(job, "running-long", 120);
        await job.EndAsync();
        await PassAsync(job, 10, isFollowed: false);
        Assert.Empty(await job.InAlarmAsync());
    }

    [SkippableFact]
    public async Task Given_a_pipeline_that_dies_When_its_heartbeat_is_missing_Then_that_alarm_is_raised_until_another_continues()
    {
        using var job = await TrainAsync();
        await PassAsync(job, 5);
        var died = job.Minute;

        await PassAsync(job, 2 * HeartbeatMinutes, isFollowed: false);

        Assert.Equal($"{ObservedJob.RunId}-heartbeat", Assert.Single(job.Told).Alarm);
        Assert.InRange(job.Told[0].Minute, died + HeartbeatMinutes, died + (2 * HeartbeatMinutes));
        Assert.Equal([$"{ObservedJob.RunId}-heartbeat"], await job.InAlarmAsync());
        job.Save();
        await PassAsync(job, 2);
        Assert.Empty(await job.InAlarmAsync());
    }

    [SkippableFact]
    public async Task Given_four_interruptions_within_an_hour_When_they_are_seen_Then_that_alarm_is_raised_and_no_other()
    {
        using var job = await TrainAsync();
        for (var interruption = 0; interruption < 4; interruption++)
        {
            await PassAsync(job, 5);
            job.Save();
            job.Enter("Interrupted");
            await PassAsync(job, 3);
            job.Enter("Training");
        }

        await PassAsync(job, 2);

        Assert.Equal(["interruptions"], job.Told.Select(told => told.Alarm));
    }

    [SkippableFact]
    public async Task Given_an_alarm_that_goes_off_When_the_address_has_confirmed_Then_its_message_says_what_to_do_and_a_webhook_that_nobody_runs_holds_nothing_up()
    {
        Assert.NotEmpty(Alarms["MetricAlarms"]!.AsArray());
        var confirm = (await MessagesAsync()).Single(message => (string)message["endpoint"]! == AlarmedSandbox.Email);
        (await alarmed.Sandbox.Http.GetAsync(new Uri((string)confirm["subscribe_url"]!))).EnsureSuccessStatusCode();

        await alarmed.Sandbox.CallAsync("monitoring", "Target.SetAlarmState", new JsonObject { ["AlarmName"] = $"{AlarmedSandbox.Name}-stalled", ["StateValue"] = "ALARM", ["StateReason"] = "test" });

        var told = Assert.Single(await MessagesAsync(), message => (string)message["type"]! == "Notification");
        Assert.Equal(AlarmedSandbox.Email, (string)told["endpoint"]!);
        Assert.Contains("What to do: ", (string)told["body"]!, StringComparison.Ordinal);
    }

    private async Task<ObservedJob> TrainAsync()
    {
        var job = new ObservedJob();
        await job.SubmitAsync(Alarms);
        await PassAsync(job, 3);
        job.Enter("Training");
        return job;
    }

    private static async Task PassAsync(ObservedJob job, int minutes, bool isFollowed = true)
    {
        for (var minute = 0; minute < minutes; minute++)
        {
            await job.PassAsync(isFollowed);
        }
    }

    private static async Task AssertToldAsync(ObservedJob job, string alarm, int due)
    {
        Assert.Equal(alarm, Assert.Single(job.Told).Alarm);
        Assert.InRange(job.Told[0].Minute, due, due + 2);
        Assert.Equal(new[] { "needs-a-person", alarm }.Order(), (await job.InAlarmAsync()).Order());
    }

    private async Task<IReadOnlyList<JsonNode>> MessagesAsync() =>
        [.. JsonNode.Parse(await alarmed.Sandbox.Http.GetStringAsync("/_sandbox/messages"))!.AsArray().Select(message => message!)];
}
