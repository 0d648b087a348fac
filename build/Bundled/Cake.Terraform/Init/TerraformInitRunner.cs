using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;

namespace Cake.Terraform.Init;

internal sealed class TerraformInitRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
    : TerraformRunner<TerraformInitSettings>(fileSystem, environment, processRunner, tools)
{
    public void Run(TerraformInitSettings settings)
    {
        var arguments = new ProcessArgumentBuilder().Append("init");
        foreach (var (name, value) in settings.BackendConfigOverrides ?? [])
        {
            arguments.AppendSwitchQuoted("-backend-config", $"{name}={value}");
        }

        if (settings.ForceCopy)
        {
            arguments.Append("-force-copy");
        }

        if (settings.ForceReconfigure)
        {
            arguments.Append("-reconfigure");
        }

        arguments.AppendUnlessTrue("-input", settings.Input);
        arguments.AppendUnlessTrue("-backend", settings.Backend);
        Run(settings, arguments);
    }
}
