using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;

namespace Cake.Terraform.Plan;

internal sealed class TerraformPlanRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
    : TerraformRunner<TerraformPlanSettings>(fileSystem, environment, processRunner, tools)
{
    // What -detailed-exitcode answers with where the plan holds changes.
    private const int ChangesExitCode = 2;

    public bool HasChanges { get; private set; }

    public void Run(TerraformPlanSettings settings)
    {
        var arguments = new ProcessArgumentBuilder().Append("plan").Append($"-out={settings.OutFile}").Append("-detailed-exitcode");
        arguments.AppendParallelism(settings.Parallelism);
        if (settings.Destroy)
        {
            arguments.Append("-destroy");
        }

        arguments.AppendVariables(settings.InputVariablesFile, settings.InputVariables);
        arguments.AppendUnlessTrue("-input", settings.Input);
        Run(settings, arguments);
    }

    protected override void ProcessExitCode(int exitCode)
    {
        HasChanges = exitCode == ChangesExitCode;
        if (!HasChanges)
        {
            base.ProcessExitCode(exitCode);
        }
    }
}
