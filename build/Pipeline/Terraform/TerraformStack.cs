using Cake.Core.IO;
using Cake.Terraform;
using Cake.Terraform.Apply;
using Cake.Terraform.Init;
using Cake.Terraform.Output;
using Cake.Terraform.Plan;
using Cake.Terraform.Show;
using Cake.Terraform.Validate;

namespace BuildPipeline.Terraform;

/// <summary>Runs terraform on the copy of <c>infra</c> of one environment.</summary>
public sealed class TerraformStack(TerraformTool tool)
{
    // An init takes as long as a plan of little, and a launch would make the same one two or three times.
    private readonly HashSet<(string Folder, string Backend)> _initialised = [];

    /// <summary>Initialises the backend and saves a plan: <c>plan.tfplan</c> and <c>plan.json</c>.</summary>
    /// <returns>The plan as terraform shows it, JSON.</returns>
    public Task<string> PlanAsync(TerraformCall call, string planFile, string jsonFile) => Task.Run(() =>
    {
        Init(call);
        try
        {
            return Plan(call, planFile, jsonFile, []);
        }
        catch (PipelineException exception) when (exception.Code == TerraformErrors.Failed)
        {
            // A plan checks the configuration too, but does not always tell its faults from those of a service; validate does.
            tool.Run("validate", call, cake => cake.TerraformValidate(call.With<TerraformValidateSettings>(TerraformArguments.Validate())));
            throw;
        }
    });

    /// <summary>Saves a plan of an initialised configuration.</summary>
    /// <returns>The plan as terraform shows it, JSON.</returns>
    public Task<string> ReplanAsync(TerraformCall call, string planFile, string jsonFile, IReadOnlyList<string> targets) =>
        Task.Run(() => Plan(call, planFile, jsonFile, targets));

    /// <summary>Applies exactly that saved plan and gives the outputs as JSON.</summary>
    public Task<string> ApplyAsync(TerraformCall call, string planFile) => Task.Run(() =>
    {
        Init(call);
        tool.Run("apply", call, cake => cake.TerraformApply(call.With<TerraformApplySettings>(TerraformArguments.Apply(planFile))));
        return Output(call);
    });

    /// <summary>The outputs of the applied state as JSON, <c>{}</c> where nothing is applied.</summary>
    public Task<string> OutputsAsync(TerraformCall call) => Task.Run(() =>
    {
        Init(call);
        return Output(call);
    });

    /// <summary>Addresses of the resources in the state.</summary>
    public Task<IReadOnlyList<string>> ResourcesAsync(TerraformCall call) => Task.Run(() => TerraformDocuments.ReadAddresses(ShowState(call)));

    /// <summary>The artifact bucket in the state, null if it has none, and whether the state is empty.</summary>
    public Task<(string? Bucket, bool IsEmpty)> StateAsync(TerraformCall call) => Task.Run(() =>
    {
        var state = ShowState(call);
        return (TerraformDocuments.ReadBucket(state), TerraformDocuments.ReadAddresses(state).Count == 0);
    });

    /// <summary>Saves a plan that destroys everything, or everything outside one module.</summary>
    /// <param name="keptModule">Address of a module that stays, for example <c>module.storage</c>; null keeps nothing.</param>
    /// <returns>Addresses of the resources that the plan destroys; where there is none, there is nothing to apply.</returns>
    public Task<IReadOnlyList<string>> PlanDestroyAsync(TerraformCall call, string planFile, string jsonFile, string? keptModule) => Task.Run<IReadOnlyList<string>>(() =>
    {
        IReadOnlyList<string> targets = keptModule is null
            ? []
            : [.. TerraformDocuments.ReadAddresses(ShowState(call)).Select(TopLevel).Where(address => address != keptModule).Distinct()];
        if (keptModule is not null && targets.Count == 0)
        {
            return [];
        }

        tool.Run("plan", call, cake => cake.TerraformPlan(
            call.With<TerraformPlanSettings>(TerraformArguments.PlanDestroy(planFile, call.Environment.WriteVariables(), targets))));
        Show(call, TerraformArguments.ShowJson(planFile), jsonFile);
        return TerraformDocuments.ReadPlannedDestructions(File.ReadAllText(jsonFile));
    });

    private static string TopLevel(string address)
    {
        var parts = address.Split('.');
        return parts[0] == "module" ? $"module.{parts[1]}" : address;
    }

    private string Plan(TerraformCall call, string planFile, string jsonFile, IReadOnlyList<string> targets)
    {
        ObjectAttributes.Check(call.Environment);
        var printed = tool.Run("plan", call, cake => cake.TerraformPlan(
            call.With<TerraformPlanSettings>(TerraformArguments.Plan(planFile, call.Environment.WriteVariables(), targets, call.LocksState))));
        if (TerraformFailure.UndeclaredVariable(printed) is { } name)
        {
            throw TerraformVariables.Undeclared(name, call.Environment.ModuleFolder);
        }

        Show(call, TerraformArguments.ShowJson(planFile), jsonFile);
        return File.ReadAllText(jsonFile);
    }

    private string ShowState(TerraformCall call)
    {
        var file = System.IO.Path.Combine(call.Environment.DataFolder, "state.json");
        Show(call, TerraformArguments.ShowJson(null), file);
        return File.ReadAllText(file);
    }

    // The runner insists on a plan file; the arguments decide what is shown.
    private void Show(TerraformCall call, Func<ProcessArgumentBuilder, ProcessArgumentBuilder> arguments, string outFile) =>
        tool.Run("show", call, cake =>
        {
            var settings = call.With<TerraformShowSettings>(arguments);
            settings.PlanFile = outFile;
            settings.OutFile = outFile;
            cake.TerraformShow(settings);
        });

    private void Init(TerraformCall call)
    {
        var environment = call.Environment;
        var state = (environment.WorkingFolder, File.ReadAllText(environment.BackendFile));
        if (WorkingFolder.Refresh(environment, environment.WorkingFolder) || !_initialised.Contains(state))
        {
            tool.Run("init", call, cake => cake.TerraformInit(call.With<TerraformInitSettings>(TerraformArguments.Init(environment.BackendFile))));
            _initialised.Add(state);
        }

        tool.ReleaseRequested(call);
    }

    private string Output(TerraformCall call)
    {
        var json = "";
        tool.Run("output", call, cake =>
        {
            var settings = call.With<TerraformOutputSettings>(TerraformArguments.OutputJson());
            settings.Json = true;
            json = cake.TerraformOutput(settings);
        });
        return json;
    }
}
