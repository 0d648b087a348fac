using BuildPipeline.Sandbox.Authorization;
using BuildPipeline.Sandbox.Logs;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.CodeBuild;

/// <summary>Where the output of a build goes.</summary>
internal sealed class BuildLog
{
    private readonly LogStream? _stream;
    private readonly TimeProvider _time;
    private IReadOnlyList<string> _hidden = [];

    private BuildLog(LogStream? stream, TimeProvider time) => (_stream, _time) = (stream, time);

    /// <summary>Opens the stream of a build, as its role.</summary>
    /// <exception cref="AwsError">The role's policies do not allow it.</exception>
    public static BuildLog Open(BuildHost host, Build build, string region, Caller role)
    {
        if (build.Project.LogOf(build.Uuid) is not { } place)
        {
            return new(null, host.Time);
        }

        var (logs, group) = (host.Logs.In(region), host.Settings.Arn("logs", region, $"log-group:{place.Group}:log-stream:"));
        string[] actions = ["logs:CreateLogStream", "logs:PutLogEvents"];
        IEnumerable<Permission> needed = actions.Select(action => new Permission(action, group + place.Stream));
        foreach (var permission in logs.Exists(place.Group) ? needed : needed.Prepend(new Permission("logs:CreateLogGroup", group)))
        {
            host.Authorizer.Require("logs", role, permission, region);
        }

        return new(logs.Ensure(place.Group, place.Stream), host.Time);
    }

    /// <summary>Has these values shown as asterisks from now on.</summary>
    public void Hide(IEnumerable<string> values) => _hidden = [.. values.OrderByDescending(value => value.Length)];

    public void Write(string line)
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        _stream?.Append([new LogEvent(now, now, _hidden.Aggregate(line, (shown, value) => shown.Replace(value, "***", StringComparison.Ordinal)))]);
    }
}
