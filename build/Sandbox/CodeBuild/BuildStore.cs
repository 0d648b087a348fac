using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.CodeBuild;

/// <summary>Projects and builds of one region.</summary>
/// <param name="folder">The folder that keeps them.</param>
internal sealed class BuildStore(string folder)
{
    public RecordStore<Project> Projects { get; } = new(Path.Combine(folder, "projects.json"));

    /// <summary>By their ids. A project's builds stay when it is deleted.</summary>
    public RecordStore<Build> Builds { get; } = new(Path.Combine(folder, "builds.json"));

    /// <summary>Those of all regions.</summary>
    public static PerRegion<BuildStore> OfRegions(SandboxSettings settings) => new(settings.FolderOf("codebuild"), folder => new BuildStore(folder));

    /// <summary>Stores a new build of a project, where its limit allows one more.</summary>
    /// <param name="create">Makes the build of the project as it is now.</param>
    /// <exception cref="Protocols.AwsError">There is no such project, or as many builds as it allows are in progress.</exception>
    public Build Start(string project, Func<Project, Build> create)
    {
        lock (Projects.Gate)
        {
            var found = Projects.Find(project) ?? throw CodeBuildErrors.NoProject(project);
            if (found.ConcurrentLimit is { } limit && Builds.All.Count(build => build.Project.Name == project && !build.IsOver) >= limit)
            {
                throw CodeBuildErrors.TooMany(limit);
            }

            var build = create(Projects.Update(project, one => one with { Builds = one.Builds + 1 })!);
            Builds.Put(build.Id, build);
            return build;
        }
    }
}
