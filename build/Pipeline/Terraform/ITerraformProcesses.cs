using System.Collections.Concurrent;
using Cake.Core.IO;

namespace BuildPipeline.Terraform;

/// <summary>Starts the terraform program.</summary>
public interface ITerraformProcesses
{
    /// <summary>Starts one command.</summary>
    /// <param name="terraform">Path of the program.</param>
    /// <param name="settings">Its arguments, folder and environment variables.</param>
    /// <param name="call">Where its output and its process id are kept, and what interrupts it.</param>
    /// <param name="lines">Gets what it prints, both streams, line by line, without a document on standard output.</param>
    IProcess Start(FilePath terraform, ProcessSettings settings, TerraformCall call, ConcurrentQueue<string> lines);
}
