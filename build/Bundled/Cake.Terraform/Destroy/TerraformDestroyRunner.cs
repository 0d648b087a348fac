using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;

namespace Cake.Terraform.Destroy;

internal sealed class TerraformDestroyRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
    : TerraformRunner<TerraformDestroySettings>(fileSystem, environment, processRunner, tools)
{
    public void Run(TerraformDestroySettings settings)
    {
        var arguments = new ProcessArgumentBuilder().Append("destroy");
        if (settings.Force)
        {
            arguments.Append("-force");
        }

        arguments.AppendVariables(settings.InputVariablesFile, settings.InputVariables);
        Run(settings, arguments);
    }
}
