using BuildPipeline.Accounts;
using BuildPipeline.Budgets;
using Microsoft.Extensions.Time.Testing;

namespace BuildPipeline.Pipeline.Tests.Budgets;

public sealed class LeaseRenewalTests
{
    private readonly FakeTimeProvider _time = new(Sample.Noon);

    [Fact]
    public async Task Given_ARunThatLives_When_TimePasses_Then_ItsLeaseIsRenewedLongBeforeItsEndAndNotAfterwards()
    {
        var renewals = 0;
        var renewal = new LeaseRenewal(_ => Task.FromResult(++renewals), _time);

        await AdvanceAsync(() => renewals, 3);
        await renewal.DisposeAsync();
        _time.Advance(BudgetLedger.Lease);

        Assert.Equal(3, renewals);
    }

    [Fact]
    public async Task Given_ARenewalThatFails_When_TimePasses_Then_TheNextIsTried()
    {
        var tries = 0;
        await using var renewal = new LeaseRenewal(
            _ => ++tries == 1 ? throw new PipelineException(AccountErrors.Unreachable, "No answer.") : Task.CompletedTask, _time);

        await AdvanceAsync(() => tries, 2);

        Assert.Equal(2, tries);
    }

    private async Task AdvanceAsync(Func<int> count, int until)
    {
        for (var done = 0; done < until; done++)
        {
            _time.Advance(BudgetLedger.Lease / 4);
            for (var tries = 0; count() <= done && tries < 1000; tries++)
            {
                await Task.Yield();
            }
        }
    }
}
