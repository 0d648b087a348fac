using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Authorization;

/// <summary>CodeBuild. What is asked of a build is asked of its project.</summary>
internal static class CodeBuildPermissions
{
    private const string Prefix = "codebuild";

    public static IReadOnlyDictionary<string, PermissionsOf> All { get; } = new Dictionary<string, PermissionsOf>(StringComparer.Ordinal)
    {
        ["BatchGetBuilds"] = call => call.List("ids").Select(id => new Permission("codebuild:BatchGetBuilds", ProjectArn(call, id.Split('/')[^1].Split(':')[0]))).Distinct(),
        ["BatchGetProjects"] = call => call.List("names").Select(name => new Permission("codebuild:BatchGetProjects", ProjectArn(call, name))),
        ["CreateProject"] = Put,
        ["DeleteProject"] = PermissionTable.On(Prefix, call => ProjectArn(call, call.Text("name"))),
        ["ListBuildsForProject"] = PermissionTable.On(Prefix, call => ProjectArn(call, call.Text("projectName"))),
        ["StartBuild"] = PermissionTable.On(Prefix, call => ProjectArn(call, call.Text("projectName"))),
        ["StopBuild"] = PermissionTable.On(Prefix, call => ProjectArn(call, call.Text("id").Split('/')[^1].Split(':')[0])),
        ["UpdateProject"] = Put,
    };

    private static IEnumerable<Permission> Put(OperationCall call)
    {
        yield return new Permission(call.ActionOf(Prefix), ProjectArn(call, call.Text("name")))
            .WithTags([.. call.Input.Objects("tags").Select(tag => KeyValuePair.Create(tag.Text("key") ?? "", tag.Text("value") ?? ""))]);
        if (call.Find("serviceRole") is { } role)
        {
            yield return PermissionTable.PassRole(role, "codebuild.amazonaws.com");
        }
    }

    private static string ProjectArn(OperationCall call, string nameOrArn) => call.Arn(Prefix, "project/" + nameOrArn.Split('/')[^1]);
}
