using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;

namespace Cake.Terraform.Show;

internal sealed class TerraformShowRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
    : TerraformRunner<TerraformShowSettings>(fileSystem, environment, processRunner, tools)
{
    private readonly IFileSystem _fileSystem = fileSystem;
    private readonly ICakeEnvironment _environment = environment;

    public void Run(TerraformShowSettings settings)
    {
        if (settings.PlanFile is not { } planFile)
        {
            throw new ArgumentException("The settings name no PlanFile to show.", nameof(settings));
        }

        var arguments = new ProcessArgumentBuilder().Append("show").Append(planFile.FullPath).Append("-no-color");
        if (settings.OutFile is not { } outFile)
        {
            Run(settings, arguments);
            return;
        }

        var lines = Capture(settings, arguments);
        using var writer = new StreamWriter(_fileSystem.GetFile(outFile.MakeAbsolute(_environment)).OpenWrite());
        writer.Write(string.Join(Environment.NewLine, lines));
    }
}
