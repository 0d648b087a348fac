using BuildPipeline.Sandbox.Authorization;
using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.CodeBuild;

/// <summary>Tags of projects, for the conditions of policies.</summary>
internal sealed class ProjectFacts(PerRegion<BuildStore> stores) : IResourceFacts
{
    /// <inheritdoc/>
    public ResourceFacts? Find(string arn) => stores.All.SelectMany(store => store.Projects.All).FirstOrDefault(project => project.Arn == arn) is { } found
        ? new ResourceFacts(found.Tags)
        : null;
}
