using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.SageMaker.Requests;

namespace BuildPipeline.Sandbox.SageMaker.Jobs;

/// <summary>Filters, sorts and pages jobs as ListTrainingJobs does.</summary>
/// <remarks>A token names the last job of its page, so jobs which come and go between two calls neither hide nor repeat others.</remarks>
internal static class TrainingJobList
{
    private const int DefaultPage = 10;

    /// <summary>One page.</summary>
    /// <remarks>AWS cuts the page before it looks at StatusEquals: a page can be short or empty and have a next one.</remarks>
    public static JsonObject Page(IEnumerable<TrainingJob> jobs, JsonObject input)
    {
        var order = Order(input);
        var after = input.Text("NextToken") is { } token ? Position.Parse(token) : null;
        var rest = jobs.Where(job => Passes(job, input))
            .Select(job => (Job: job, At: Position.From(job, input.Text("SortBy"))))
            .Where(entry => after is null || order.Compare(entry.At, after) > 0)
            .OrderBy(entry => entry.At, order)
            .ToArray();
        var size = input.Integer("MaxResults") ?? DefaultPage;
        var status = input.Text("StatusEquals");
        var page = rest.Take(size).Where(entry => status is null || entry.Job.Status.ToString() == status);
        var answer = new JsonObject { ["TrainingJobSummaries"] = new JsonArray([.. page.Select(entry => TrainingJobDocuments.Summarize(entry.Job))]) };
        if (rest.Length > size)
        {
            answer["NextToken"] = rest[size - 1].At.ToToken();
        }

        return answer;
    }

    private static bool Passes(TrainingJob job, JsonObject input) =>
        job.Name.Contains(input.Text("NameContains") ?? "", StringComparison.Ordinal)
        && job.CreationTime > (input.Time("CreationTimeAfter") ?? DateTimeOffset.MinValue)
        && job.CreationTime < (input.Time("CreationTimeBefore") ?? DateTimeOffset.MaxValue)
        && job.LastModifiedTime > (input.Time("LastModifiedTimeAfter") ?? DateTimeOffset.MinValue)
        && job.LastModifiedTime < (input.Time("LastModifiedTimeBefore") ?? DateTimeOffset.MaxValue);

    private static Comparer<Position> Order(JsonObject input)
    {
        var sign = input.Text("SortOrder") == "Ascending" ? 1 : -1;
        return Comparer<Position>.Create((one, other) => sign * one.CompareTo(other));
    }

    /// <summary>Where a job is in the order: by what it is sorted by, and by its name where that is the same.</summary>
    private sealed record Position(string Key, string Name)
    {
        public static Position From(TrainingJob job, string? sortBy) => new(
            sortBy switch
            {
                "Name" => "",
                "Status" => job.Status.ToString(),
                _ => job.CreationTime.UtcTicks.ToString("D20", CultureInfo.InvariantCulture),
            },
            job.Name);

        public static Position Parse(string token)
        {
            var content = new byte[token.Length];
            return Convert.TryFromBase64String(token, content, out var length) && Encoding.UTF8.GetString(content, 0, length).Split('\n') is [var key, var name]
                ? new Position(key, name)
                : throw SageMakerErrors.Invalid("The NextToken is invalid: it comes from another request.");
        }

        public string ToToken() => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Key}\n{Name}"));

        public int CompareTo(Position other) => string.CompareOrdinal(Key, other.Key) is var byKey and not 0 ? byKey : string.CompareOrdinal(Name, other.Name);
    }
}
