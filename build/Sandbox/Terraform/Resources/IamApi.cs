using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>IAM as the resources of it call it.</summary>
internal static class IamApi
{
    public static readonly ApiClient Client = new("iam", "IAM");

    /// <summary>A policy document of an answer, which is percent-encoded there.</summary>
    public static string Document(JsonObject answer, string member) => Uri.UnescapeDataString(answer.RequiredText(member));

    /// <summary>A request with those attributes of a state that have a value.</summary>
    /// <param name="members">The request's members by the state's attributes.</param>
    public static JsonObject Request(MapValue state, params IEnumerable<(string Attribute, string Member)> members) => new(members
        .Where(member => state.Text(member.Attribute) is { Length: > 0 })
        .Select(member => KeyValuePair.Create(member.Member, (JsonNode?)state.Text(member.Attribute))));
}
