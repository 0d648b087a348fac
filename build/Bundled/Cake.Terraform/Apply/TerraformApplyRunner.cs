using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;

namespace Cake.Terraform.Apply;

internal sealed class TerraformApplyRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
    : TerraformRunner<TerraformApplySettings>(fileSystem, environment, processRunner, tools)
{
    public void Run(TerraformApplySettings settings)
    {
        var arguments = new ProcessArgumentBuilder().Append("apply");
        if (settings.Destroy)
        {
            arguments.Append("-destroy");
        }

        if (settings.AutoApprove)
        {
            arguments.Append("-auto-approve");
        }

        if (settings.Plan is { } plan)
        {
            arguments.AppendQuoted(plan.FullPath);
        }

        arguments.AppendParallelism(settings.Parallelism);
        arguments.AppendVariables(settings.InputVariablesFile, settings.InputVariables);
        arguments.AppendUnlessTrue("-input", settings.Input);
        Run(settings, arguments);
    }
}
