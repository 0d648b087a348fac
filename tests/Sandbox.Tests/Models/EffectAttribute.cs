namespace BuildPipeline.Sandbox.Tests.Models;

/// <summary>Says that a test shows the effect of members of an operation's requests, beyond an echo in an answer.</summary>
/// <param name="operation">For example <c>CreateTrainingJob</c>.</param>
/// <param name="members">Paths as in support.json.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class EffectAttribute(string operation, params string[] members) : Attribute
{
    public string Operation { get; } = operation;

    public IReadOnlyList<string> Members { get; } = members;
}
