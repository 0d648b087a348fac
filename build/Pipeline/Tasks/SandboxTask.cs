using System.Diagnostics;
using BuildPipeline.Accounts;
using BuildPipeline.Terminal;
using Cake.Frosting;
using Spectre.Console;

namespace BuildPipeline.Tasks;

/// <summary>Runs the embedded AWS in the foreground for other clients.</summary>
[TaskName("Sandbox")]
[TaskDescription("Runs the embedded AWS in the foreground for other clients.")]
public sealed class SandboxTask(PipelineCall call, SandboxProcess sandbox, ShutdownSignals signals)
    : AsyncFrostingTask<PipelineContext>
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(20);

    /// <inheritdoc/>
    public override Task RunAsync(PipelineContext context) => ServeAsync(context.Cancellation);

    /// <summary>Runs until Ctrl-C or another signal.</summary>
    /// <exception cref="PipelineException">One runs on this state folder already, in the background (exit code 75); it refuses its options or its state folder (2); or it fails (1).</exception>
    public async Task ServeAsync(CancellationToken cancellationToken)
    {
        if (await sandbox.FindAsync(cancellationToken) is { } running)
        {
            ShowHowToUse(running);
            throw new PipelineException(
                AccountErrors.SandboxRunning, $"A sandbox is already running on {call.Options.SandboxState} (process {running.Pid}). Use it as shown above, or stop that process first.");
        }

        using var process = Process.Start("dotnet", [SandboxProcess.Assembly, $"--sandbox-state={call.Options.SandboxState}", $"--port={call.Options.Port}", "--idle-minutes=0"]);
        try
        {
            while (!process.HasExited && await sandbox.FindAsync(cancellationToken) is null)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), call.Time, cancellationToken);
            }

            if (await sandbox.FindAsync(cancellationToken) is { } endpoint)
            {
                ShowHowToUse(endpoint);
            }

            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await EndAsync(process);
        }

        if (process.ExitCode != 0)
        {
            throw new PipelineException(SandboxProcess.ErrorOf(process.ExitCode), $"The sandbox exited with code {process.ExitCode}.");
        }
    }

    // Ctrl-C at a terminal reaches the sandbox too; any other signal reaches this process only.
    private async Task EndAsync(Process process)
    {
        call.Console.WriteLine($"{signals.Name}: stopping the sandbox. Its state is kept.");
        using var limit = new CancellationTokenSource(EndLimit, call.Time);
        try
        {
            await sandbox.EndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new PipelineException(AccountErrors.SandboxNotStopped, $"The sandbox did not stop within {EndLimit.TotalSeconds:0} s and was killed.");
        }
    }

    private void ShowHowToUse(SandboxEndpoint endpoint)
    {
        call.Console.WriteLine();
        call.Console.Done($"The sandbox listens on {endpoint.Url} (account {endpoint.Account}, region {endpoint.Region}). In another terminal:");
        foreach (var line in (string[])
            [
                "",
                .. endpoint.Exports.Select(export => $"  {export}"),
                "  aws sts get-caller-identity",
                "  aws s3 ls",
                "  aws sagemaker list-training-jobs",
                "",
            ])
        {
            call.Console.WriteUnwrapped(line);
        }

        call.Console.WriteLine("Press Ctrl-C to stop it. Its state is kept.");
    }
}
