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

        Show(environment, TerraformArguments.ShowJson(planFile), jsonFile, logFile);
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

    /// <summary>Addresses of the resources in the state.</summary>
    public Task<IReadOnlyList<string>> ResourcesAsync(TerraformEnvironment environment, string logFile) =>
        Task.Run(() => TerraformDocuments.ReadAddresses(ShowState(environment, logFile)));

    /// <summary>Destroys everything, or everything outside one module.</summary>
    /// <param name="keptModule">Address of a module that stays, for example <c>module.storage</c>; null keeps nothing.</param>
    public Task DestroyAsync(TerraformEnvironment environment, string? keptModule, string logFile) => Task.Run(() =>
    {
        IReadOnlyList<string> targets = keptModule is null
            ? []
            : [.. TerraformDocuments.ReadAddresses(ShowState(environment, logFile)).Select(TopLevel).Where(address => address != keptModule).Distinct()];
        if (keptModule is null || targets.Count > 0)
        {
            Run("destroy", environment, logFile, tool => tool.TerraformDestroy(
                With<TerraformDestroySettings>(environment, TerraformArguments.Destroy(environment.VariableArguments, targets))));
        }
    });

    private static string TopLevel(string address)
    {
        var parts = address.Split('.');
        return parts[0] == "module" ? $"module.{parts[1]}" : address;
    }

    private string ShowState(TerraformEnvironment environment, string logFile)
    {
        var file = System.IO.Path.Combine(environment.DataFolder, "state.json");
        Show(environment, TerraformArguments.ShowJson(null), file, logFile);
        return File.ReadAllText(file);
    }

    // The runner insists on a plan file; the arguments decide what is shown.
    private void Show(TerraformEnvironment environment, Func<ProcessArgumentBuilder, ProcessArgumentBuilder> arguments, string outFile, string logFile) =>
        Run("show", environment, logFile, tool =>
        {
            var settings = With<TerraformShowSettings>(environment, arguments);
            settings.PlanFile = outFile;
            settings.OutFile = outFile;
            tool.TerraformShow(settings);
        });

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
