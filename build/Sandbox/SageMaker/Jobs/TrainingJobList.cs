using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.SageMaker.Requests;

namespace BuildPipeline.Sandbox.SageMaker.Jobs;

/// <summary>Filters, sorts and pages jobs as ListTrainingJobs does.</summary>
internal static class TrainingJobList
{
    private const int DefaultPage = 10;
    private const char Separator = '\n';

    /// <summary>One page.</summary>
    /// <remarks>
    /// AWS cuts the page before it looks at StatusEquals: a page can be short or empty and have a next one. A token names the last job
    /// of its page and not a number of jobs, so jobs may come and go between two pages.
    /// </remarks>
    public static JsonObject Page(IEnumerable<TrainingJob> jobs, JsonObject input)
    {
        var order = Order.Create(input);
        var after = input.Text("NextToken") is { } token ? order.Read(token) : null;
        var size = input.Integer("MaxResults") ?? DefaultPage;
        var status = input.Text("StatusEquals");
        TrainingJob[] rest = [.. jobs.Where(job => Passes(job, input) && (after is null || order.Compare(after, order.PositionOf(job)) < 0))
            .OrderBy(order.PositionOf, order)
            .Take(size + 1)];
        var page = rest.Take(size).Where(job => status is null || job.Status.ToString() == status);
        var answer = new JsonObject { ["TrainingJobSummaries"] = new JsonArray([.. page.Select(TrainingJobDocuments.Summarize)]) };
        if (rest.Length > size)
        {
            answer["NextToken"] = order.Write(order.PositionOf(rest[size - 1]));
        }

        return answer;
    }

    private static bool Passes(TrainingJob job, JsonObject input) =>
        job.Name.Contains(input.Text("NameContains") ?? "", StringComparison.Ordinal)
        && job.CreationTime > (input.Time("CreationTimeAfter") ?? DateTimeOffset.MinValue)
        && job.CreationTime < (input.Time("CreationTimeBefore") ?? DateTimeOffset.MaxValue)
        && job.LastModifiedTime > (input.Time("LastModifiedTimeAfter") ?? DateTimeOffset.MinValue)
        && job.LastModifiedTime < (input.Time("LastModifiedTimeBefore") ?? DateTimeOffset.MaxValue);

    /// <summary>Where a job is in the list: what the list is sorted by, then its name.</summary>
    private sealed record Position(string Key, string Name);

    private sealed class Order(string by, bool ascending) : IComparer<Position>
    {
        public static Order Create(JsonObject input) => new(input.Text("SortBy") ?? "CreationTime", input.Text("SortOrder") == "Ascending");

        private string Name => $"{by}{Separator}{(ascending ? "Ascending" : "Descending")}";

        public Position PositionOf(TrainingJob job) => new(
            by switch
            {
                "Name" => "",
                "Status" => job.Status.ToString(),
                _ => job.CreationTime.UtcTicks.ToString("D19", CultureInfo.InvariantCulture),
            },
            job.Name);

        public int Compare(Position? x, Position? y)
        {
            var (left, right) = ascending ? (x!, y!) : (y!, x!);
            return string.CompareOrdinal(left.Key, right.Key) is var byKey and not 0 ? byKey : string.CompareOrdinal(left.Name, right.Name);
        }

        public string Write(Position position) =>
            Convert.ToBase64String(Encoding.UTF8.GetBytes(string.Join(Separator, Name, position.Key, position.Name)));

        /// <exception cref="AwsError">ValidationException: no answer to such a request gave the token.</exception>
        public Position Read(string token)
        {
            var bytes = new byte[token.Length];
            return Convert.TryFromBase64String(token, bytes, out var length)
                && Encoding.UTF8.GetString(bytes, 0, length).Split(Separator) is [.. var order, var key, var name]
                && string.Join(Separator, order) == Name
                ? new Position(key, name)
                : throw SageMakerErrors.Invalid("The NextToken is invalid: it comes from another request.");
        }
    }
}
