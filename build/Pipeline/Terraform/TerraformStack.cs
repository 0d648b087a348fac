using BuildPipeline.Runs;
using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Cake.Frosting;
using Cake.Terraform;
using Cake.Terraform.Apply;
using Cake.Terraform.Destroy;
using Cake.Terraform.Init;
using Cake.Terraform.Output;
using Cake.Terraform.Plan;
using Cake.Terraform.Show;
using Cake.Terraform.Validate;

namespace BuildPipeline.Terraform;

/// <summary>Runs terraform on <c>infra</c> for one environment.</summary>
public sealed class TerraformStack(IFrostingContext context)
{
    /// <summary>Initialises the backend and saves a plan: <c>plan.tfplan</c> and <c>plan.json</c>.</summary>
    /// <returns>The plan as terraform shows it, JSON.</returns>
    public Task<string> PlanAsync(TerraformEnvironment environment, string planFile, string jsonFile, string logFile) => Task.Run(() =>
    {
        Init(environment, logFile);
        Run("validate", environment, logFile, tool => tool.TerraformValidate(With<TerraformValidateSettings>(environment, TerraformArguments.Validate())));
        var printed = Run("plan", environment, logFile, tool => tool.TerraformPlan(
            With<TerraformPlanSettings>(environment, TerraformArguments.Plan(planFile, environment.VariableArguments))));
        if (TerraformFailure.UndeclaredVariable(printed) is { } name)
        {
            throw new PipelineException(
                ExitCode.BadConfiguration, $"A variable file sets '{name}', which infra does not declare; correct the name (infra/README.md lists all) or remove it.");
        }

        Run("show", environment, logFile, tool =>
        {
            var settings = With<TerraformShowSettings>(environment, TerraformArguments.ShowJson(planFile));
            settings.PlanFile = planFile;
            settings.OutFile = jsonFile;
            tool.TerraformShow(settings);
        });
        return File.ReadAllText(jsonFile);
    });

    /// <summary>Applies exactly that saved plan and gives the outputs as JSON.</summary>
    public Task<string> ApplyAsync(TerraformEnvironment environment, string planFile, string logFile) => Task.Run(() =>
    {
        Init(environment, logFile);
        Run("apply", environment, logFile, tool => tool.TerraformApply(With<TerraformApplySettings>(environment, TerraformArguments.Apply(planFile))));
        return Output(environment, logFile);
    });

    /// <summary>The outputs of the applied state as JSON, <c>{}</c> where nothing is applied.</summary>
    public Task<string> OutputsAsync(TerraformEnvironment environment, string logFile) => Task.Run(() =>
    {
        Init(environment, logFile);
        return Output(environment, logFile);
    });

    /// <summary>Destroys the named addresses, or everything where none is named.</summary>
    public Task DestroyAsync(TerraformEnvironment environment, IReadOnlyList<string> addresses, string logFile) => Task.Run(() =>
        Run("destroy", environment, logFile, tool => tool.TerraformDestroy(
            With<TerraformDestroySettings>(environment, TerraformArguments.Destroy(environment.VariableArguments, addresses)))));

    private void Init(TerraformEnvironment environment, string logFile) =>
        Run("init", environment, logFile, tool => tool.TerraformInit(With<TerraformInitSettings>(environment, TerraformArguments.Init(environment.BackendFile))));

    private string Output(TerraformEnvironment environment, string logFile)
    {
        var json = "";
        Run("output", environment, logFile, tool =>
        {
            var settings = With<TerraformOutputSettings>(environment, TerraformArguments.OutputJson());
            settings.Json = true;
            json = tool.TerraformOutput(settings);
        });
        return json;
    }

    private static T With<T>(TerraformEnvironment environment, Func<ProcessArgumentBuilder, ProcessArgumentBuilder> arguments)
        where T : ToolSettings, new() => new()
        {
            WorkingDirectory = environment.ModuleFolder,
            EnvironmentVariables = environment.ProcessEnvironment(),
            ArgumentCustomization = arguments,
        };

    private IReadOnlyList<string> Run(string command, TerraformEnvironment environment, string logFile, Action<ICakeContext> call)
    {
        Directory.CreateDirectory(environment.DataFolder);
        var runner = new TerraformProcessRunner(context.ProcessRunner, logFile);
        try
        {
            call(new TerraformContext(context, runner));
            return runner.Lines;
        }
        catch (CakeException exception)
        {
            throw runner.Lines.Count == 0
                ? new PipelineException(ExitCode.Failed, $"terraform {command} could not be run: {exception.Message}", exception)
                : TerraformFailure.Describe(command, runner.Lines, logFile);
        }
    }
}
