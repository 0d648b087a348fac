namespace Cake.Frosting;

/// <summary>Names a task on the command line; without it the class name is the task's name.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class TaskNameAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}
