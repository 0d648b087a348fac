using System.Reflection;
using Cake.Core;
using Cake.Core.Diagnostics;

namespace Cake.Frosting.Hosting;

/// <summary>Registers tasks with Cake's engine.</summary>
/// <remarks>Only what a task overrides is registered: a task without work of its own is no step of the report, and the engine's own
/// handling of errors stays in force where <c>OnError</c> is not overridden.</remarks>
internal sealed class TaskWiring(ICakeEngine engine, IFrostingContext context)
{
    private static readonly Type[] Bases = [typeof(FrostingTask<>), typeof(AsyncFrostingTask<>)];

    public void Register(IEnumerable<IFrostingTask> tasks)
    {
        foreach (var task in tasks)
        {
            var type = task.GetType();
            if (ContextOf(type.BaseType) is { } wanted && !wanted.IsInstanceOfType(context))
            {
                context.Log.Warning(
                    "Task '{0}' is left out: it needs a context of type '{1}', and the host has '{2}'.",
                    NameOf(type), wanted.FullName ?? wanted.Name, context.GetType().FullName ?? context.GetType().Name);
                continue;
            }

            Register(task, type);
        }
    }

    private void Register(IFrostingTask task, Type type)
    {
        var builder = engine.RegisterTask(NameOf(type));
        if (type.GetCustomAttribute<TaskDescriptionAttribute>() is { } description)
        {
            builder.Description(description.Description);
        }

        if (Overrides(type, nameof(FrostingTask.Run)) || Overrides(type, nameof(AsyncFrostingTask.RunAsync)))
        {
            builder.Does(task.RunAsync);
        }

        if (Overrides(type, nameof(IFrostingTask.ShouldRun)))
        {
            builder.WithCriteria(task.ShouldRun, task.SkippedMessage);
        }

        if (Overrides(type, nameof(IFrostingTask.OnError)))
        {
            builder.OnError(task.OnError);
        }

        if (Overrides(type, nameof(IFrostingTask.Finally)))
        {
            builder.Finally(task.Finally);
        }

        foreach (var dependency in type.GetCustomAttributes<IsDependentOnAttribute>())
        {
            builder.IsDependentOn(NameOf(Checked(dependency.Task, type)));
        }
    }

    private static string NameOf(Type task) => task.GetCustomAttribute<TaskNameAttribute>()?.Name ?? task.Name;

    private static Type Checked(Type named, Type by) => named.IsAssignableTo(typeof(IFrostingTask))
        ? named
        : throw new FrostingException($"'{by.FullName}' names '{named.FullName}' as a task, which does not implement IFrostingTask.");

    // The published host looks at the direct base only, so a task with a base of its own is taken for any context.
    private static Type? ContextOf(Type? type) =>
        type is { IsGenericType: true } && Bases.Contains(type.GetGenericTypeDefinition()) ? type.GetGenericArguments()[0] : null;

    // A task that implements the interface itself has all of it.
    private static bool Overrides(Type type, string method)
    {
        for (var parent = type; parent is not null; parent = parent.BaseType)
        {
            if (ContextOf(parent) is not null)
            {
                return false;
            }

            if (parent.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Any(
                declared => declared.Name == method && declared.GetBaseDefinition() != declared))
            {
                return true;
            }
        }

        return true;
    }
}
