using Cake.Core;
using Cake.Core.Annotations;
using Cake.Terraform.Apply;
using Cake.Terraform.Init;
using Cake.Terraform.Output;
using Cake.Terraform.Plan;
using Cake.Terraform.Show;
using Cake.Terraform.Validate;

namespace Cake.Terraform;

/// <summary>terraform's commands as extensions of the context.</summary>
[CakeAliasCategory("Terraform")]
public static class TerraformAliases
{
    [CakeMethodAlias]
    public static void TerraformInit(this ICakeContext context) => context.TerraformInit(new TerraformInitSettings());

    [CakeMethodAlias]
    public static void TerraformInit(this ICakeContext context, TerraformInitSettings settings) =>
        new TerraformInitRunner(context.FileSystem, context.Environment, context.ProcessRunner, context.Tools).Run(settings);

    [CakeMethodAlias]
    public static bool TerraformPlan(this ICakeContext context) => context.TerraformPlan(new TerraformPlanSettings());

    /// <returns>Whether the plan holds changes.</returns>
    [CakeMethodAlias]
    public static bool TerraformPlan(this ICakeContext context, TerraformPlanSettings settings)
    {
        var runner = new TerraformPlanRunner(context.FileSystem, context.Environment, context.ProcessRunner, context.Tools);
        runner.Run(settings);
        return runner.HasChanges;
    }

    [CakeMethodAlias]
    public static void TerraformApply(this ICakeContext context) => context.TerraformApply(new TerraformApplySettings());

    [CakeMethodAlias]
    public static void TerraformApply(this ICakeContext context, TerraformApplySettings settings) =>
        new TerraformApplyRunner(context.FileSystem, context.Environment, context.ProcessRunner, context.Tools).Run(settings);

    [CakeMethodAlias]
    public static void TerraformShow(this ICakeContext context) => context.TerraformShow(new TerraformShowSettings());

    [CakeMethodAlias]
    public static void TerraformShow(this ICakeContext context, TerraformShowSettings settings) =>
        new TerraformShowRunner(context.FileSystem, context.Environment, context.ProcessRunner, context.Tools).Run(settings);

    [CakeMethodAlias]
    public static void TerraformValidate(this ICakeContext context) => context.TerraformValidate(new TerraformValidateSettings());

    [CakeMethodAlias]
    public static void TerraformValidate(this ICakeContext context, TerraformValidateSettings settings) =>
        new TerraformValidateRunner(context.FileSystem, context.Environment, context.ProcessRunner, context.Tools).Run(settings);

    [CakeMethodAlias]
    public static string TerraformOutput(this ICakeContext context, TerraformOutputSettings settings) =>
        new TerraformOutputRunner(context.FileSystem, context.Environment, context.ProcessRunner, context.Tools).Run(settings);
}
