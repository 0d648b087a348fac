using Cake.Core;
using Cake.Core.IO;

namespace BuildPipeline.Terraform;

/// <summary>Starts terraform with its output kept: in a log, and in memory for the sentence that a person gets.</summary>
/// <remarks>Cake.Terraform's runners neither capture standard error nor stay quiet, so the process runner below them does.</remarks>
internal sealed class TerraformProcessRunner(IProcessRunner inner, string logFile) : IProcessRunner
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];

    /// <summary>What the last process printed, both streams, line by line.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    public IProcess Start(FilePath filePath, ProcessSettings settings)
    {
        lock (_gate)
        {
            _lines.Clear();
        }

        Write($"$ terraform {settings.Arguments?.RenderSafe()}");
        var passOn = settings.RedirectStandardOutput;
        settings.RedirectStandardOutput = true;
        settings.RedirectStandardError = true;
        var handler = settings.RedirectedStandardOutputHandler;
        settings.RedirectedStandardOutputHandler = passOn ? handler : Keep;
        settings.RedirectedStandardErrorHandler = Keep;
        return inner.Start(filePath, settings);
    }

    private string? Keep(string? line)
    {
        if (line is not null)
        {
            lock (_gate)
            {
                _lines.Add(line);
            }

            Write(line);
        }

        return line;
    }

    private void Write(string line)
    {
        lock (_gate)
        {
            File.AppendAllText(logFile, line + "\n");
        }
    }
}

/// <summary>A Cake context whose processes are started by another runner.</summary>
internal sealed class TerraformContext(ICakeContext context, IProcessRunner runner) : CakeContextAdapter(context)
{
    public override IProcessRunner ProcessRunner => runner;
}
