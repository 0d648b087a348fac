using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Identity;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.CodeBuild;

/// <summary>What CodeBuild, or the sandbox, does not take of a project.</summary>
internal sealed class ProjectRules(ServiceRoles roles)
{
    /// <summary>As trust policies have CodeBuild.</summary>
    public const string Principal = "codebuild.amazonaws.com";

    private const string NoSource = "NO_SOURCE";
    private const string Repository = "https://github.com/sandbox/pipeline";

    private static readonly string[] Repositories = [Repository, Repository + ".git"];

    /// <exception cref="AwsError">InvalidInputException.</exception>
    public void Check(Project project)
    {
        CheckSource(project.Definition["source"]!.AsObject());
        Require(project.ConcurrentLimit is null or > 0, "Project-level concurrent build limit must be greater than 0");
        Require(
            project.Definition["environment"]!.AsObject().Objects("environmentVariables").GroupBy(variable => variable.RequiredText("name")).All(same => same.Count() == 1),
            "Environment variables must have unique names");
        try
        {
            roles.Require(project.ServiceRole, new ServiceActor(Principal, project.Arn));
        }
        catch (AwsError)
        {
            throw CodeBuildErrors.Invalid(
                $"CodeBuild is not authorized to perform: sts:AssumeRole on service role {project.ServiceRole}. It must exist, and its trust policy must let {Principal}.");
        }
    }

    private static void CheckSource(JsonObject source)
    {
        var (type, location) = (source.RequiredText("type"), source.Text("location"));
        Require(type != NoSource || string.IsNullOrEmpty(location), "Source type NO_SOURCE does not support location");
        Require(
            type == NoSource || Repositories.Contains(location),
            $"The sandbox does not emulate the repository '{location}': the one that it has is {Repository}, the checkout that it was started from.");
        try
        {
            _ = Buildspec.Parse(source.Text("buildspec") ?? "");
        }
        catch (FormatException exception)
        {
            throw CodeBuildErrors.Invalid($"Invalid buildspec: {exception.Message}.");
        }
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw CodeBuildErrors.Invalid(otherwise);
        }
    }
}
