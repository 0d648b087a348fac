using System.ComponentModel;
using System.Diagnostics;

namespace BuildPipeline.Doctor;

/// <summary>Asks a program of this machine for its version.</summary>
public static class ToolProbe
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>What it prints; null if it cannot be started, fails or does not answer.</summary>
    public static async Task<string?> VersionAsync(string program, string option, CancellationToken cancellationToken)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, option)
            {
                RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(Limit);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            var printed = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await errors;
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0 ? printed.Trim() : null;
        }
        catch (Exception exception) when (exception is Win32Exception || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }
}
