using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;

namespace Cake.Terraform.Output;

internal sealed class TerraformOutputRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
    : TerraformRunner<TerraformOutputSettings>(fileSystem, environment, processRunner, tools)
{
    public string Run(TerraformOutputSettings settings)
    {
        var arguments = new ProcessArgumentBuilder().Append("output").Append("-no-color");
        if (!string.IsNullOrEmpty(settings.StatePath))
        {
            arguments.Append($"-state={settings.StatePath}");
        }

        if (settings.Raw)
        {
            arguments.Append("-raw");
        }
        else if (settings.Json)
        {
            arguments.Append("-json");
        }

        if (!string.IsNullOrEmpty(settings.OutputName))
        {
            arguments.Append(settings.OutputName);
        }

        return string.Join('\n', Capture(settings, arguments));
    }
}
