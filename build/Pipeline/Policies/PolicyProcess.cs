using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using BuildPipeline.Secrets;

namespace BuildPipeline.Policies;

/// <summary>Runs an organisation's rules: a program that gets the path of <c>gate-input.json</c> as its last argument.</summary>
/// <param name="time">The clock of the time limit.</param>
public sealed class PolicyProcess(TimeProvider time)
{
    /// <summary>How long the program may take.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>The most bytes that it may print on standard output.</summary>
    public const int MostBytes = 1 << 20;

    private const int MostErrorText = 2000;

    // The process gets no credentials or tokens, so only what programs cannot do without is passed on.
    private static readonly string[] Passed =
        ["PATH", "HOME", "USER", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "TEMP", "TMP", "PATHEXT", "SystemRoot", "SystemDrive", "ComSpec", "USERPROFILE"];

    /// <summary>Asks the rules.</summary>
    /// <param name="command">The command; <see cref="PolicyWords"/> can split it.</param>
    /// <param name="folder">Absolute path of the folder that it runs in, and that the path of its program starts from.</param>
    /// <param name="input">Absolute path of <c>gate-input.json</c>.</param>
    /// <param name="cancellationToken">Ends the program.</param>
    /// <exception cref="PipelineException">It cannot be started, fails, takes too long, prints too much, or prints anything but findings: each refuses the run (exit code 3).</exception>
    public async Task<PolicyCheck> AskAsync(string command, string folder, string input, CancellationToken cancellationToken)
    {
        using var process = new Process { StartInfo = StartInfo(PolicyWords.Split(command)!, folder, input) };
        Start(process, command);
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            process.StandardInput.Close();
            var errors = ReadErrorsAsync(process.StandardError, either.Token);
            var printed = await ReadAsync(process.StandardOutput.BaseStream, command, either.Token);
            var complaint = await errors;
            await process.WaitForExitAsync(either.Token);
            return process.ExitCode == 0
                ? new(command, PolicyOutput.Read(command, printed))
                : throw new PipelineException(PolicyErrors.Failed, FormattableString.Invariant($"{command} ended with exit code {process.ExitCode}, so the run is refused.{complaint}"));
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new PipelineException(PolicyErrors.TimeLimit, FormattableString.Invariant($"{command} did not end within {Limit.TotalMinutes:0} minutes, so the run is refused."));
        }
        finally
        {
            End(process);
        }
    }

    private static ProcessStartInfo StartInfo(IReadOnlyList<string> words, string folder, string input)
    {
        // A name without a folder is searched on the PATH.
        var program = Path.GetFileName(words[0]) == words[0] ? words[0] : Path.GetFullPath(words[0], folder);
        var start = new ProcessStartInfo(program, [.. words.Skip(1), input])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Except(Passed, StringComparer.OrdinalIgnoreCase).ToList())
        {
            start.Environment.Remove(name);
        }

        return start;
    }

    private static void Start(Process process, string command)
    {
        try
        {
            process.Start();
        }
        catch (Win32Exception exception)
        {
            throw new PipelineException(PolicyErrors.NotStarted, $"{command} could not be started, so the run is refused: {exception.Message}", exception);
        }
    }

    private static async Task<byte[]> ReadAsync(Stream output, string command, CancellationToken cancellationToken)
    {
        using var printed = new MemoryStream();
        var part = new byte[16 * 1024];
        while (await output.ReadAsync(part, cancellationToken) is > 0 and var count)
        {
            printed.Write(part, 0, count);
            if (printed.Length > MostBytes)
            {
                throw new PipelineException(PolicyErrors.TooMuchOutput, $"{command} printed more than {Format.Bytes(MostBytes)}, so the run is refused.");
            }
        }

        return printed.ToArray();
    }

    // Its last lines, for the message of a failure.
    private static async Task<string> ReadErrorsAsync(StreamReader errors, CancellationToken cancellationToken)
    {
        var (text, part) = (new StringBuilder(), new char[4 * 1024]);
        while (await errors.ReadAsync(part, cancellationToken) is > 0 and var count)
        {
            text.Append(part, 0, count);
            text.Remove(0, Math.Max(0, text.Length - MostErrorText));
        }

        var lines = InertText.Lines(SecretScan.CutSecret(text.ToString().Trim())).Where(line => line.Length > 0);
        return string.Concat(lines.Select(line => $"\n  {line}"));
    }

    private static void End(Process process)
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }
    }
}
