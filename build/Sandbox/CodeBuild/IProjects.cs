using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.CodeBuild;

/// <summary>The projects of CodeBuild, for the parts that start builds.</summary>
internal interface IProjects
{
    /// <summary>Starts a build, under the policies of who asks.</summary>
    /// <param name="projectArn">The project.</param>
    /// <param name="caller">Session of a role.</param>
    /// <param name="initiator">Who is named as the one who started it.</param>
    /// <exception cref="AwsError">There is no such project, the caller may not, or as many builds as the project allows are in progress.</exception>
    void StartBuild(string projectArn, Caller caller, string initiator);
}
