using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.CodeBuild;

/// <summary>The operations on builds.</summary>
internal sealed class BuildOperations(PerRegion<BuildStore> stores, BuildScheduler scheduler) : IAwsOperations
{
    private const int PageSize = 100;

    public IReadOnlyDictionary<string, AwsOperation> Operations => new Dictionary<string, AwsOperation>(StringComparer.Ordinal)
    {
        ["StartBuild"] = AwsOperations.Of(call => Answer(scheduler.Start(call.Region, ProjectOperations.NameOf(call.Input.RequiredText("projectName")), InitiatorOf(call.Caller)))),
        ["StopBuild"] = AwsOperations.Of(call => Answer(scheduler.Stop(call.Region, IdOf(call.Input.RequiredText("id"))))),
        ["BatchGetBuilds"] = AwsOperations.Of(Get),
        ["ListBuildsForProject"] = AwsOperations.Of(List),
    };

    private JsonObject Get(AwsCall call)
    {
        var builds = stores.In(call.Region).Builds;
        var named = call.Input.Texts("ids").Select(id => (Id: id, Build: builds.Find(IdOf(id)))).ToList();
        return new JsonObject
        {
            ["builds"] = new JsonArray([.. named.Select(one => one.Build).OfType<Build>().Select(BuildDocuments.Describe)]),
            ["buildsNotFound"] = new JsonArray([.. named.Where(one => one.Build is null).Select(one => JsonValue.Create(one.Id))]),
        };
    }

    private JsonObject List(AwsCall call)
    {
        var (store, name) = (stores.In(call.Region), ProjectOperations.NameOf(call.Input.RequiredText("projectName")));
        var builds = store.Builds.All.Where(build => build.Project.Name == name).OrderBy(build => build.Number).ToList();
        if (builds.Count == 0 && store.Projects.Find(name) is null)
        {
            throw CodeBuildErrors.NoProject(name);
        }

        if (call.Input.Text("sortOrder") != "ASCENDING")
        {
            builds.Reverse();
        }

        var (page, next) = Paging.Page(builds, call.Input.Text("nextToken"), PageSize, CodeBuildErrors.InvalidToken);
        var answer = new JsonObject { ["ids"] = new JsonArray([.. page.Select(build => JsonValue.Create(build.Id))]) };
        if (next is not null)
        {
            answer["nextToken"] = next;
        }

        return answer;
    }

    private static JsonObject Answer(Build build) => new() { ["build"] = BuildDocuments.Describe(build) };

    // An id can be the ARN.
    private static string IdOf(string idOrArn) => idOrArn[(idOrArn.LastIndexOf('/') + 1)..];

    private static string InitiatorOf(Caller? caller) => caller?.Session is null ? Caller.UserName : caller.Arn.Split(":assumed-role/")[^1];
}
