using BuildPipeline.Sandbox.Authorization;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.CodeBuild;

/// <summary>The variables of a build that Parameter Store has.</summary>
internal static class BuildParameters
{
    /// <summary>Reads them as the role of the build.</summary>
    /// <exception cref="AwsError">The role's policies do not allow it, or there is no such parameter.</exception>
    public static IReadOnlyDictionary<string, string> Read(BuildHost host, Project project, string region, Caller role)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (variable, name) in project.Parameters)
        {
            host.Authorizer.Require("ssm", role, new Permission("ssm:GetParameters", host.Settings.Arn("ssm", region, $"parameter/{name.TrimStart('/')}")), region);
            values[variable] = host.Inputs.Parameters.In(region).Find(name)?.Value ?? throw new AwsError(400, "InvalidParameters", $"parameter does not exist: {name}");
        }

        return values;
    }
}
