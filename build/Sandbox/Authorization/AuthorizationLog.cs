using BuildPipeline.Sandbox.Policies;

namespace BuildPipeline.Sandbox.Authorization;

/// <summary>A request that policies decided on; equal ones are one entry.</summary>
/// <param name="Principal">ARN of the role.</param>
/// <param name="Keys">The condition keys of the request, without those that tell the time or the session.</param>
/// <param name="Decision"><c>allowed</c>, <c>denied</c> where nothing allows, or <c>explicitDeny</c>.</param>
/// <param name="Reason">The kind of policy that denies or fails to allow; null where it is allowed.</param>
internal sealed record AuthorizationEntry(
    string Principal, string Action, string Resource, IReadOnlyDictionary<string, IReadOnlyList<string>> Keys, string Decision, string? Reason, string? Sid)
{
    /// <summary>How often.</summary>
    public int Count { get; init; } = 1;

    /// <summary>What terraform did, for example <c>creating aws_vpc</c>; null for a call of a client.</summary>
    public string? For { get; init; }
}

/// <summary>What was decided since the sandbox started. A run's requests can be decided again from it, under other policies.</summary>
internal sealed class AuthorizationLog
{
    // Of a run there are a few hundred different ones.
    private const int Most = 20_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, AuthorizationEntry> _entries = new(StringComparer.Ordinal);

    /// <summary>In the order of their first request.</summary>
    public IReadOnlyList<AuthorizationEntry> Entries
    {
        get
        {
            lock (_gate)
            {
                return [.. _entries.Values];
            }
        }
    }

    public void Add(string principal, PolicyRequest request, IReadOnlyDictionary<string, IReadOnlyList<string>> keys, PolicyDecision decision, string? reason)
    {
        var name = decision.IsAllowed ? "allowed" : decision.IsExplicit ? "explicitDeny" : "denied";
        var id = string.Join('\n', keys.Select(key => $"{key.Key}={string.Join('\t', key.Value)}").Order(StringComparer.Ordinal).Prepend($"{principal}\n{request.Action}\n{request.Resource}\n{name}\n{decision.Reason}\n{reason}"));
        lock (_gate)
        {
            if (_entries.TryGetValue(id, out var known))
            {
                _entries[id] = known with { Count = known.Count + 1 };
            }
            else if (_entries.Count < Most)
            {
                _entries[id] = new AuthorizationEntry(principal, request.Action, request.Resource, keys, name, decision.Reason?.ToString(), decision.Sid) { For = reason };
            }
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _entries.Clear();
        }
    }
}
