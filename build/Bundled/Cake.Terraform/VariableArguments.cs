using Cake.Core;
using Cake.Core.IO;

namespace Cake.Terraform;

/// <summary>Arguments that several commands share.</summary>
internal static class VariableArguments
{
    public static void AppendVariables(this ProcessArgumentBuilder builder, string? file, Dictionary<string, string>? variables)
    {
        if (!string.IsNullOrEmpty(file))
        {
            builder.AppendSwitchQuoted("-var-file", file);
        }

        foreach (var (name, value) in variables ?? [])
        {
            builder.AppendSwitchQuoted("-var", $"{name}={value}");
        }
    }

    public static void AppendParallelism(this ProcessArgumentBuilder builder, int parallelism)
    {
        if (parallelism > 0)
        {
            builder.AppendSwitch("-parallelism", "=", $"{parallelism}");
        }
    }

    public static void AppendUnlessTrue(this ProcessArgumentBuilder builder, string name, bool value)
    {
        if (!value)
        {
            builder.AppendSwitch(name, "=", $"{value}");
        }
    }
}
