using BuildPipeline.Terraform;

namespace BuildPipeline.Pipeline.Tests.Terraform;

public sealed class AlarmSubscriptionsTests
{
    [Theory]
    [InlineData("create", null, true)]
    [InlineData("replace", false, true)]
    [InlineData("no-op", true, true)]
    [InlineData("update", true, true)]
    [InlineData("no-op", false, false)]
    [InlineData("delete", true, false)]
    public void Given_ASubscription_When_Planned_Then_ItIsNamedWhereItsAddressHasToConfirm(string action, bool? pending, bool named)
    {
        var plan = Sample.Plan with
        {
            Resources = [Sample.Resource("aws_sns_topic_subscription", action, new { endpoint = "training@example.com", pending_confirmation = pending }), Sample.Resource("aws_sns_topic", "create", new { })],
        };

        Assert.Equal(named ? ["training@example.com"] : [], AlarmSubscriptions.Pending(plan));
    }
}
