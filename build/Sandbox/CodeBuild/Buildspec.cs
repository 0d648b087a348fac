using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.CodeBuild;

/// <summary>What a build runs.</summary>
/// <param name="Variables">Of env.variables.</param>
/// <param name="Commands">The commands of each phase that has some, by the phase's name in the API, in the order of phases.</param>
/// <remarks>https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html</remarks>
internal sealed record Buildspec(IReadOnlyDictionary<string, string> Variables, IReadOnlyList<(string Phase, IReadOnlyList<string> Commands)> Commands)
{
    private static readonly (string Name, string Phase)[] Phases = [("install", "INSTALL"), ("pre_build", "PRE_BUILD"), ("build", "BUILD"), ("post_build", "POST_BUILD")];

    /// <exception cref="FormatException">It is no buildspec, or has a part that the sandbox does not emulate; the message says which.</exception>
    public static Buildspec Parse(string text)
    {
        var document = JsonText.Parse(text) as JsonObject ?? throw new FormatException("the sandbox reads a buildspec that is JSON, within the project");
        Only(document, "", "version", "env", "phases");
        if (document["version"]?.ToString() != "0.2")
        {
            throw new FormatException("the sandbox emulates version 0.2 of buildspecs");
        }

        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        if (Member(document, "env") is { } env)
        {
            Only(env, "env.", "variables");
            foreach (var (name, value) in Member(env, "variables") ?? [])
            {
                variables[name] = value?.ToString() ?? "";
            }
        }

        var phases = Member(document, "phases") ?? [];
        Only(phases, "phases.", [.. Phases.Select(phase => phase.Name)]);
        return new(variables, [.. Phases.Where(phase => phases.ContainsKey(phase.Name)).Select(phase => (phase.Phase, CommandsOf(phases, phase.Name)))]);
    }

    private static IReadOnlyList<string> CommandsOf(JsonObject phases, string name)
    {
        var phase = Member(phases, name)!;
        Only(phase, $"phases.{name}.", "commands");
        return phase["commands"] is JsonArray { Count: > 0 } commands && commands.All(command => command?.GetValueKind() == System.Text.Json.JsonValueKind.String)
            ? [.. commands.Select(command => command!.GetValue<string>())]
            : throw new FormatException($"phases.{name}.commands must be a list of commands");
    }

    private static JsonObject? Member(JsonObject owner, string name) => owner[name] switch
    {
        null when !owner.ContainsKey(name) => null,
        JsonObject member => member,
        _ => throw new FormatException($"{name} must be an object"),
    };

    private static void Only(JsonObject document, string path, params string[] known)
    {
        if (document.Select(member => member.Key).FirstOrDefault(name => !known.Contains(name)) is { } other)
        {
            throw new FormatException($"the sandbox does not emulate {path}{other} of buildspecs");
        }
    }
}
