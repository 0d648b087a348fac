using System.Text.Json.Nodes;

namespace BuildPipeline.Sandbox.Terraform.Registry;

/// <summary>What terraform has created in the sandbox and not destroyed, kept in the state folder.</summary>
internal interface IResourceRegistry
{
    IReadOnlyList<RegisteredResource> Resources { get; }

    /// <summary>True if a resource of the type (for example <c>aws_iam_role</c>) has the attribute with that value (for example <c>arn</c>).</summary>
    bool Exists(string type, string attribute, string value);
}

/// <summary>One resource, by terraform's type name and the provider's id.</summary>
internal sealed record RegisteredResource(string Type, string Id, JsonObject Attributes);
