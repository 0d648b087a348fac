using BuildPipeline.Sandbox.Authorization;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Permissions;

/// <summary>What terraform wants of one resource or data source.</summary>
/// <param name="Prior">The state before a change; null for a new resource, and where nothing changes.</param>
/// <param name="State">The state after a change; what is read, or what is deleted.</param>
internal sealed record ResourceRequest(MapValue? Prior, MapValue State, string Region, string Account)
{
    private const string AllTags = "tags_all";
    private const string Tags = "tags";

    /// <summary>A member as text, empty if it is null.</summary>
    public string Text(string name) => State.Text(name) ?? "";

    /// <summary>ARN of something in the region.</summary>
    public string Arn(string service, string resource) => $"arn:{Partition.From(Region).Name}:{service}:{Region}:{Account}:{resource}";

    /// <summary>ARN of something that has no region.</summary>
    public string GlobalArn(string service, string resource) => $"arn:{Partition.From(Region).Name}:{service}::{Account}:{resource}";

    /// <summary>Whether a change is one of anything but tags.</summary>
    public bool ChangesMoreThanTags => Prior is not null && Prior != State.With(Tags, Prior[Tags]).With(AllTags, Prior[AllTags]);

    /// <summary>Whether a change is one of this member.</summary>
    public bool Changes(string name) => Prior is not null && Prior[name] != State[name];

    /// <summary>An action on what the request creates: the resource has the tags that it was created with.</summary>
    public Permission OnNew(string action, string arn) => OnNew(new Permission(action, arn));

    /// <inheritdoc cref="OnNew(string, string)"/>
    public Permission OnNew(Permission permission) => permission.Resource == "*" ? permission
        : TagsOf(State).Aggregate(permission, (with, tag) => with.With("aws:ResourceTag/" + tag.Key, tag.Value));

    /// <summary>What creates a resource, and what tags it, where it has tags.</summary>
    /// <param name="tagging">The action that tags.</param>
    public IEnumerable<Permission> Created(Permission creation, string tagging)
    {
        var tags = TagsOf(State);
        yield return creation.WithTags(tags);
        if (tags.Count > 0)
        {
            yield return new Permission(tagging, creation.Resource).WithTags(tags);
        }
    }

    /// <summary>What makes the tags of a resource those of the new state.</summary>
    public IEnumerable<Permission> Tagged(string arn, string tagging, string untagging)
    {
        var (before, after) = (TagsOf(Prior ?? State), TagsOf(State));
        if (before.Select(tag => tag.Key).Except(after.Select(tag => tag.Key)).ToList() is { Count: > 0 } removed)
        {
            yield return new Permission(untagging, arn).With("aws:TagKeys", removed);
        }

        if (after.Except(before).ToList() is { Count: > 0 } added)
        {
            yield return new Permission(tagging, arn).WithTags(added);
        }
    }

    /// <summary>All tags of a state, the provider's default ones included.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> TagsOf(MapValue state) => state[AllTags] is MapValue tags
        ? [.. tags.Members.Keys.Select(key => KeyValuePair.Create(key, tags.Text(key) ?? ""))]
        : [];
}
