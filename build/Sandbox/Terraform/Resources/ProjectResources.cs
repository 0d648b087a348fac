using BuildPipeline.Sandbox.Terraform.Rules;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>Projects of CodeBuild.</summary>
internal static class ProjectResources
{
    private const int MostMinutes = 2160;

    // Connections to GitHub and revisions are CodeBuild's to refuse: a plan for AWS may have them.
    private static readonly string[] NotEmulated =
    [
        "auto_retry_limit", "build_batch_config", "environment.certificate", "environment.docker_server", "environment.fleet", "environment.registry_credential",
        "file_system_locations", "resource_access_role", "secondary_artifacts", "secondary_source_version", "secondary_sources", "source.build_status_config",
        "source.git_submodules_config", "vpc_config",
    ];

    public static IReadOnlyList<ResourceDefinition> All { get; } =
    [
        new("aws_codebuild_project")
        {
            ForceNew = ["name"],
            Defaults = new Dictionary<string, Value>
            {
                ["badge_enabled"] = false, ["build_timeout"] = 60L, ["project_visibility"] = "PRIVATE", ["queued_timeout"] = 480L,
            },
            Rules =
            [
                Checks.Matches("name", "^[0-9A-Za-z][0-9A-Za-z_-]{0,254}$", "only alphanumeric characters, hyphens and underscores allowed, the first one a letter or number"),
                Checks.Length("description", 0, 255),
                Checks.Arn("service_role"),
                Checks.Between("build_timeout", 5, MostMinutes),
                Checks.Between("queued_timeout", 5, 480),
                Checks.Between("concurrent_build_limit", 1, int.MaxValue),
                Checks.OneOf("artifacts.type", "CODEPIPELINE", "S3", "NO_ARTIFACTS"),
                Checks.OneOf("logs_config.cloudwatch_logs.status", "ENABLED", "DISABLED"),
                new NotEmulatedRule("project_visibility", "PRIVATE"),
                .. NotEmulated.Select(setting => new NotEmulatedRule(setting)),
            ],
            Unique = new("name", "ResourceAlreadyExistsException"),
            Complete = Complete,
            Identify = id => MapValue.Empty.With("id", id).With("name", id.Split('/')[^1]),
            Effects = new ProjectEffects(),
        },
    ];

    private static void Complete(StateWriter writer)
    {
        var context = writer.Context;
        var arn = context.Arn("codebuild", $"project/{writer.Text("name")}");
        writer.Fill("id", arn);
        writer.Fill("arn", arn);
        writer.Fill("auto_retry_limit", 0L);
        writer.Fill("badge_url", "");
        writer.Fill("description", "");
        writer.Fill("encryption_key", context.Arn("kms", "alias/aws/s3"));
        writer.Fill("public_project_alias", "");
    }
}
