using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.CodeBuild;

/// <summary>The operations on projects.</summary>
internal sealed class ProjectOperations(PerRegion<BuildStore> stores, ProjectRules rules, SandboxSettings settings, TimeProvider time) : IAwsOperations
{
    private const int MostTags = 50;

    private static readonly TagRules Tags = new(MostTags, CodeBuildErrors.Invalid);

    public IReadOnlyDictionary<string, AwsOperation> Operations => new Dictionary<string, AwsOperation>(StringComparer.Ordinal)
    {
        ["CreateProject"] = AwsOperations.Of(Create),
        ["UpdateProject"] = AwsOperations.Of(Update),
        ["BatchGetProjects"] = AwsOperations.Of(Get),
        ["DeleteProject"] = AwsOperations.Of(Delete),
    };

    /// <summary>The name of a project that a request names by it or by its ARN.</summary>
    public static string NameOf(string nameOrArn) => nameOrArn[(nameOrArn.LastIndexOf('/') + 1)..];

    private JsonObject Create(AwsCall call)
    {
        var (name, now, projects) = (call.Input.RequiredText("name"), time.GetUtcNow(), stores.In(call.Region).Projects);
        var project = new Project(name, settings.Arn("codebuild", call.Region, $"project/{name}"), Definition(call.Input), now, now) { Tags = TagsOf(call.Input) };
        rules.Check(project);
        lock (projects.Gate)
        {
            if (projects.Find(name) is { Arn: var arn })
            {
                throw CodeBuildErrors.Exists(arn);
            }

            projects.Put(name, project);
        }

        return new JsonObject { ["project"] = BuildDocuments.Describe(project) };
    }

    // A member that the request leaves out stays as it is, and so do the tags.
    private JsonObject Update(AwsCall call)
    {
        var (name, projects) = (NameOf(call.Input.RequiredText("name")), stores.In(call.Region).Projects);
        lock (projects.Gate)
        {
            var before = projects.Find(name) ?? throw CodeBuildErrors.NoProject(name);
            var definition = before.Definition.DeepClone().AsObject();
            foreach (var (member, value) in Definition(call.Input))
            {
                definition[member] = value?.DeepClone();
            }

            if (definition["concurrentBuildLimit"]?.GetValue<int>() == -1)
            {
                definition.Remove("concurrentBuildLimit");
            }

            var project = before with
            {
                Definition = definition,
                Modified = time.GetUtcNow(),
                Tags = call.Input.ContainsKey("tags") ? TagsOf(call.Input) : before.Tags,
            };
            rules.Check(project);
            projects.Put(name, project);
            return new JsonObject { ["project"] = BuildDocuments.Describe(project) };
        }
    }

    private JsonObject Get(AwsCall call)
    {
        var projects = stores.In(call.Region).Projects;
        var named = call.Input.Texts("names").Select(name => (Name: name, Project: projects.Find(NameOf(name)))).ToList();
        return new JsonObject
        {
            ["projects"] = new JsonArray([.. named.Select(one => one.Project).OfType<Project>().Select(BuildDocuments.Describe)]),
            ["projectsNotFound"] = new JsonArray([.. named.Where(one => one.Project is null).Select(one => JsonValue.Create(one.Name))]),
        };
    }

    // To delete a project that does not exist is no error.
    private JsonObject Delete(AwsCall call)
    {
        stores.In(call.Region).Projects.Remove(NameOf(call.Input.RequiredText("name")));
        return [];
    }

    private static JsonObject Definition(JsonObject input) =>
        new(input.Where(member => member.Key is not ("name" or "tags")).Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));

    private static IReadOnlyDictionary<string, string> TagsOf(JsonObject input) => Tags.With(
        new Dictionary<string, string>(),
        [.. input.Objects("tags").Select(tag => new JsonObject { ["Key"] = tag.RequiredText("key"), ["Value"] = tag.RequiredText("value") })]);
}
