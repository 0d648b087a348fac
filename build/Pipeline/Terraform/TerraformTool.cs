using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Cake.Frosting;
using Cake.Terraform;
using Cake.Terraform.Validate;

namespace BuildPipeline.Terraform;

/// <summary>One call of terraform: for which environment, where its output goes, and what interrupts it.</summary>
/// <param name="Folder">Absolute path of the folder that holds the configuration.</param>
public sealed record TerraformCall(TerraformEnvironment Environment, string Folder, string LogFile, CancellationToken Cancellation)
{
    /// <summary>A call on the environment's own copy of <c>infra</c>.</summary>
    public TerraformCall(TerraformEnvironment environment, string logFile, CancellationToken cancellation)
        : this(environment, environment.WorkingFolder, logFile, cancellation)
    {
    }

    /// <summary>False plans without the lock of the state, so others may plan and apply meanwhile: for a plan that this process does not apply.</summary>
    /// <remarks>Terraform refuses to apply a saved plan whose state has changed since.</remarks>
    public bool LocksState { get; init; } = true;

    internal TerraformFiles Files => new(LogFile, System.IO.Path.Combine(Environment.DataFolder, "processes.log"));

    /// <summary>Settings of Cake's runner for this call.</summary>
    internal T With<T>(Func<ProcessArgumentBuilder, ProcessArgumentBuilder> arguments)
        where T : ToolSettings, new() => new()
        {
            WorkingDirectory = Folder,
            EnvironmentVariables = Environment.ProcessEnvironment(),
            ArgumentCustomization = arguments,
        };
}

/// <summary>Runs terraform's commands and turns a failure into one sentence; releases a lock whose owner is gone, where the user allows it.</summary>
public sealed class TerraformTool(IFrostingContext context, ITerraformProcesses processes, ILockRelease locks)
{
    private bool _requestedLockReleased;

    /// <summary>What the last command printed, without a document on standard output.</summary>
    internal IReadOnlyList<string> LastLines { get; private set; } = [];

    /// <summary>Runs one command.</summary>
    /// <returns>All it printed, without a document on standard output.</returns>
    /// <exception cref="PipelineException">It failed; the sentence says why, the exit code is the documented one.</exception>
    /// <exception cref="OperationCanceledException">It was interrupted, and has stopped cleanly.</exception>
    internal IReadOnlyList<string> Run(string command, TerraformCall call, Action<ICakeContext> start)
    {
        while (true)
        {
            var lines = Try(start, call, out var failure);
            if (failure is null)
            {
                return lines;
            }

            if (call.Cancellation.IsCancellationRequested)
            {
                throw new OperationCanceledException(TerraformFailure.Interruption(command, lines, call), failure, call.Cancellation);
            }

            if (lines.Count == 0)
            {
                throw new PipelineException(TerraformErrors.NotStarted, $"terraform {command} could not be run: {failure.Message}", failure);
            }

            if (StateLock.Find(lines) is not { } held)
            {
                throw TerraformFailure.Describe(command, lines, call.LogFile);
            }

            Release(held, call);
        }
    }

    /// <summary>A command that Cake.Terraform has no runner for.</summary>
    internal IReadOnlyList<string> RunOther(TerraformCall call, params string[] arguments) => Run(arguments[0], call, tool => tool.TerraformValidate(
        call.With<TerraformValidateSettings>(TerraformArguments.Other(arguments))));

    /// <summary>Releases the lock that the user named, once.</summary>
    /// <exception cref="PipelineException">The state is locked by another one (2), or the owner runs (75).</exception>
    internal void ReleaseRequested(TerraformCall call)
    {
        if (locks.RequestedId is not { } id || _requestedLockReleased)
        {
            return;
        }

        _requestedLockReleased = true;
        if (RecordedTerraform.Read(call.Files.Processes).FirstOrDefault(one => one.IsRunning) is { } running)
        {
            throw new PipelineException(
                TerraformErrors.LockedByProcess, $"The terraform process {running.Pid}, started from this folder, is still running and will release its lock. Wait for it, then run this again without --release-lock.");
        }

        var lines = Try(tool => tool.TerraformValidate(call.With<TerraformValidateSettings>(TerraformArguments.Other("force-unlock", "-force", id))), call, out var failure);
        if (failure is not null && TerraformFailure.WhyNotReleased(id, lines, call.LogFile) is { } refusal)
        {
            throw refusal;
        }
    }

    private void Release(StateLock held, TerraformCall call)
    {
        var owner = held.JudgeOwner(RecordedTerraform.Read(call.Files.Processes), System.Net.Dns.GetHostName(), RecordedTerraform.RunningSince());
        if (!locks.AskAsync(held, owner, call.Cancellation).GetAwaiter().GetResult())
        {
            throw locks.Refuse(held, owner);
        }

        RunOther(call, "force-unlock", "-force", held.Id);
    }

    private IReadOnlyList<string> Try(Action<ICakeContext> start, TerraformCall call, out CakeException? failure)
    {
        call.Cancellation.ThrowIfCancellationRequested();
        Directory.CreateDirectory(call.Environment.DataFolder);
        var cake = new TerraformContext(context, processes, call);
        failure = null;
        try
        {
            start(cake);
        }
        catch (CakeException exception)
        {
            failure = exception;
        }

        return LastLines = cake.Lines;
    }
}
