using Microsoft.Extensions.Time.Testing;

namespace BuildPipeline.Pipeline.Tests.Tasks;

public sealed class RepetitionTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(15);

    private readonly FakeTimeProvider _time = new(Sample.Noon);

    [Fact]
    public async Task Given_WorkToRepeat_When_TimePasses_Then_ItIsDoneOnceAnIntervalAndNotAfterTheEnd()
    {
        var times = 0;
        var repetition = new Repetition(_ => Task.FromResult(++times), Interval, _time);

        for (var done = 0; done < 3; done++)
        {
            _time.Advance(Interval);
            for (var tries = 0; times <= done && tries < 1000; tries++)
            {
                await Task.Yield();
            }
        }

        await repetition.DisposeAsync();
        _time.Advance(Interval);

        Assert.Equal(3, times);
    }
}
