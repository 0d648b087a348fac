using Cake.Core;
using Cake.Frosting;

namespace BuildPipeline.Pipeline.Tests.Packages;

/// <summary>What the sample tasks do, in order.</summary>
public sealed class Diary
{
    public List<string> Lines { get; } = [];
}

/// <summary>A context of the sample host's own.</summary>
public sealed class SampleContext(ICakeContext context, Diary diary) : FrostingContext(context)
{
    public Diary Diary => diary;
}

/// <summary>Writes what a task does into the diary.</summary>
[TaskName("Sample-Restore")]
public sealed class SampleRestoreTask : FrostingTask<SampleContext>
{
    public override void Run(SampleContext context) => context.Diary.Lines.Add("restore");
}

[TaskName("Sample-Compile")]
[TaskDescription("Compiles the sample.")]
[IsDependentOn(typeof(SampleRestoreTask))]
public sealed class SampleCompileTask : AsyncFrostingTask<SampleContext>
{
    public override Task RunAsync(SampleContext context)
    {
        context.Diary.Lines.Add($"compile {context.Arguments.GetArguments("name").SingleOrDefault()} {context.Arguments.HasArgument("LOUD")}");
        return Task.CompletedTask;
    }
}

[TaskName("Sample-Sign")]
public sealed class SampleSignTask : FrostingTask<SampleContext>
{
    public override void Run(SampleContext context) => context.Diary.Lines.Add("sign");
}

[TaskName("Sample-Pack")]
[IsDependentOn(typeof(SampleCompileTask))]
public sealed class SamplePackTask(Diary diary) : FrostingTask<SampleContext>
{
    public override void Run(SampleContext context) => diary.Lines.Add("pack");
}

public sealed class SampleSkippedTask : FrostingTask<SampleContext>
{
    public override bool ShouldRun(SampleContext context) => false;

    public override void Run(SampleContext context) => context.Diary.Lines.Add("skipped");
}

[IsDependentOn(typeof(SampleSkippedTask))]
public sealed class SampleAfterSkippedTask : FrostingTask<SampleContext>
{
    public override void Run(SampleContext context) => context.Diary.Lines.Add("after skipped");
}

public sealed class SampleFailingTask : FrostingTask<SampleContext>
{
    public override void Run(SampleContext context) => throw new CakeException(42, "The sample fails.");

    public override void Finally(SampleContext context) => context.Diary.Lines.Add("finally");
}

[IsDependentOn(typeof(SampleFailingTask))]
public sealed class SampleAfterFailingTask : FrostingTask<SampleContext>
{
    public override void Run(SampleContext context) => context.Diary.Lines.Add("after failing");
}

public sealed class SampleSwallowingTask : FrostingTask<SampleContext>
{
    public override void Run(SampleContext context) => throw new InvalidOperationException("Nobody hears of this.");

    public override void OnError(Exception exception, SampleContext context) => context.Diary.Lines.Add($"swallowed {exception.Message}");
}

public sealed class SampleRethrowingTask : FrostingTask<SampleContext>
{
    public override void Run(SampleContext context) => throw new InvalidOperationException("Everybody hears of this.");

    public override void OnError(Exception exception, SampleContext context) => throw exception;
}

/// <summary>Has no work of its own.</summary>
[IsDependentOn(typeof(SampleRestoreTask))]
public sealed class SampleUmbrellaTask : FrostingTask;

/// <summary>Wants a context that the sample host does not have.</summary>
public sealed class SampleForeignTask : FrostingTask<SampleForeignContext>;

/// <summary>No host registers it.</summary>
public sealed class SampleForeignContext(ICakeContext context) : FrostingContext(context);

internal sealed class HiddenTask : FrostingTask<SampleContext>
{
    public override void Run(SampleContext context) => context.Diary.Lines.Add("hidden");
}

/// <summary>Notes both ends of the run; one instance serves both.</summary>
public sealed class SampleLifetime : FrostingLifetime<SampleContext>
{
    private bool _isSetUp;

    public override void Setup(SampleContext context, ISetupContext info)
    {
        _isSetUp = true;
        context.Diary.Lines.Add($"setup {info.TargetTask.Name}");
    }

    public override void Teardown(SampleContext context, ITeardownContext info) =>
        context.Diary.Lines.Add($"teardown {_isSetUp} {info.Successful} {info.ThrownException?.Message}".TrimEnd());
}
