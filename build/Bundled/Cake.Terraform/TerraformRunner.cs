using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;

namespace Cake.Terraform;

/// <summary>Runs the terraform that lies on the path.</summary>
/// <remarks>
/// The argument lists are those of version 0.15.0, its faults included: paths are not quoted, flags follow the plan file of
/// <c>apply</c>, and <c>destroy</c> has <c>-force</c>. What corrects the published package has to correct this one alike.
/// </remarks>
internal abstract class TerraformRunner<TTerraformSettings>(
    IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
    : Tool<TTerraformSettings>(fileSystem, environment, processRunner, tools)
    where TTerraformSettings : TerraformSettings
{
    protected override string GetToolName() => "Terraform";

    protected override IEnumerable<string> GetToolExecutableNames() => ["terraform.exe", "terraform"];

    protected IEnumerable<string> Capture(TTerraformSettings settings, ProcessArgumentBuilder arguments)
    {
        IEnumerable<string> lines = [];
        Run(settings, arguments, new ProcessSettings { RedirectStandardOutput = true }, process => lines = [.. process.GetStandardOutput()]);
        return lines;
    }
}
