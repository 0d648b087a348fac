using BuildPipeline.Terminal;
using BuildPipeline.Terraform;
using Spectre.Console;

namespace BuildPipeline.Reporting;

/// <summary>Shows a plan in one line, and what it destroys by name.</summary>
public static class PlanView
{
    /// <summary>Shows it.</summary>
    public static void Show(IAnsiConsole console, PlanRecord plan)
    {
        console.Done($"Plan: {plan.Add} to add, {plan.Change} to change, {plan.Destroy} to destroy (terraform {plan.TerraformVersion}, plan {Format.Short(plan.PlanSha256)}).");
        foreach (var resource in plan.Resources.Where(resource => resource.Action is "delete" or "replace"))
        {
            console.Warn($"{resource.Action} {resource.Address}");
        }
    }

    /// <summary>Says who gets no alarms yet; nothing if nobody has to confirm.</summary>
    public static void ShowUnconfirmed(IAnsiConsole console, PlanRecord plan)
    {
        if (AlarmSubscriptions.Pending(plan) is { Count: > 0 } pending)
        {
            console.Warn($"Alarms go only to addresses that have confirmed. Not confirmed when this run was planned: {string.Join(", ", pending)}. Open the link in AWS's e-mail; a webhook has to open the SubscribeURL of AWS's first message to it.");
        }
    }
}
