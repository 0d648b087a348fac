namespace BuildPipeline.EndToEnd.Tests.Pipeline;

/// <summary>An environment with alarms: what a run sets, what is told, and that nothing of it stays.</summary>
public sealed class AlarmTests(SharedWorkplace shared) : IClassFixture<SharedWorkplace>
{
    private const string Alarms = "--var=alarms={emails=[\"training@example.com\"],dashboard=true}";

    private readonly Workplace _place = shared.Place;

    [TerraformFact]
    [Trait("Tier", "all")]
    public async Task Given_AlarmsAndAConfirmedAddress_When_AJobFailsAndAnotherCompletes_Then_TheFailureIsToldAndEachRunsAlarmGoesWithIt()
    {
        (await _place.BuildAsync("--target=Apply", Alarms)).ShouldExitWith(0).ShouldContain("training@example.com");
        await _place.ConfirmAsync();
        var bad = _place.Write("bad.tfvars", """hyperparameters = { total_steps = "40", learning_rate = "not-a-number" }""");

        (await _place.BuildAsync("--target=Launch", "--interruptions=0", Alarms, $"--var-file={bad}")).ShouldExitWith(1);

        var told = Assert.Single(await ToldAsync());
        Assert.Contains(_place.Run.GetProperty("attempts")[0].GetProperty("job_name").GetString()!, told, StringComparison.Ordinal);
        Assert.Contains("--target=Logs", told, StringComparison.Ordinal);
        (await _place.QuickAsync("--target=Launch", "--interruptions=1", Alarms)).ShouldExitWith(0);

        Assert.DoesNotContain(await AlarmsAsync(), alarm => alarm.Name.EndsWith("-heartbeat", StringComparison.Ordinal) || alarm.State == "ALARM");
        Assert.Single(await ToldAsync());
        Assert.Equal(["alarm.set", "alarm.deleted"], _place.Events().Where(kind => kind.StartsWith("alarm.", StringComparison.Ordinal)));
    }

    private async Task<IReadOnlyList<(string Name, string State)>> AlarmsAsync() =>
        [.. (await _place.ResourcesAsync()).GetProperty("alarms").EnumerateArray().Select(alarm => (alarm.GetProperty("name").GetString()!, alarm.GetProperty("state").GetString()!))];

    private async Task<IReadOnlyList<string>> ToldAsync() =>
        [.. (await _place.MessagesAsync()).Where(message => message.GetProperty("type").GetString() == "Notification").Select(message => message.GetProperty("body").GetString()!)];
}
