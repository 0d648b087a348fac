using System.Reflection;
using BuildPipeline.Cli;
using Cake.Frosting;

namespace BuildPipeline.Hosting;

/// <summary>Every target that there is.</summary>
public static class Targets
{
    /// <summary>All, in the order of their names. A task without a description is not a target: others lead to it.</summary>
    public static IReadOnlyList<Target> All { get; } =
    [
        .. typeof(Targets).Assembly.GetExportedTypes()
            .Where(type => !type.IsAbstract && type.IsAssignableTo(typeof(IFrostingTask)) && type.IsDefined(typeof(TaskDescriptionAttribute)))
            .Select(type => new Target(
                NameOf(type),
                type.GetCustomAttribute<TaskDescriptionAttribute>()!.Description,
                [.. type.GetCustomAttributes<IsDependentOnAttribute>().Select(attribute => NameOf(attribute.Task))]))
            .OrderBy(target => target.Name, StringComparer.Ordinal),
    ];

    private static string NameOf(Type task) => task.GetCustomAttribute<TaskNameAttribute>()!.Name;
}
