using BuildPipeline.Sandbox.Hosting;
using BuildPipeline.Sandbox.Kernel;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace BuildPipeline.Sandbox.Tests.Hosting;

public sealed class IdleShutdownTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Lifetime _lifetime = new();
    private readonly Activity _activity;

    public IdleShutdownTests() => _activity = new Activity(_time);

    [Fact]
    public async Task Given_ten_minutes_When_nobody_asks_Then_the_sandbox_ends()
    {
        using var watch = await StartAsync();

        _time.Advance(TimeSpan.FromMinutes(10));

        await watch.ExecuteTask!;
        Assert.True(_lifetime.Stopped);
    }

    [Fact]
    public async Task Given_a_request_after_nine_minutes_When_ten_have_passed_Then_the_sandbox_continues()
    {
        using var watch = await StartAsync();

        _time.Advance(TimeSpan.FromMinutes(9));
        _activity.Begin();
        _activity.End();
        _time.Advance(TimeSpan.FromMinutes(9));

        Assert.False(_lifetime.Stopped);
    }

    [Fact]
    public async Task Given_a_busy_part_When_nobody_asks_Then_the_sandbox_ends_only_after_it_is_done()
    {
        var part = new Part { Busy = true };
        using var watch = await StartAsync(part);

        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.False(_lifetime.Stopped);

        part.Busy = false;
        _time.Advance(TimeSpan.FromMinutes(10));
        await watch.ExecuteTask!;
        Assert.True(_lifetime.Stopped);
    }

    public void Dispose() => _lifetime.Dispose();

    private async Task<IdleShutdown> StartAsync(params IKeepsAlive[] parts)
    {
        var watch = new IdleShutdown(new SandboxOptions("x", 0, TimeSpan.FromMinutes(10)), _activity, parts, _lifetime, _time);
        await watch.StartAsync(CancellationToken.None);
        return watch;
    }

    private sealed class Part : IKeepsAlive
    {
        public bool Busy { get; set; }
    }

    private sealed class Lifetime : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource _stopping = new();

        public bool Stopped => _stopping.IsCancellationRequested;

        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => _stopping.Token;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => _stopping.Cancel();

        public void Dispose() => _stopping.Dispose();
    }
}
