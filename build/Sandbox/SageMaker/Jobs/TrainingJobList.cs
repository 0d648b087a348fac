using System.Globalization;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.SageMaker.Requests;

namespace BuildPipeline.Sandbox.SageMaker.Jobs;

/// <summary>Filters, sorts and pages jobs as ListTrainingJobs does.</summary>
internal static class TrainingJobList
{
    private const int DefaultPage = 10;

    /// <summary>One page.</summary>
    /// <remarks>AWS cuts the page before it looks at StatusEquals: a page can be short or empty and have a next one.</remarks>
    public static JsonObject Page(IEnumerable<TrainingJob> jobs, JsonObject input)
    {
        var sorted = Sort(jobs.Where(job => Passes(job, input)), input).ToArray();
        var start = Start(input.Text("NextToken"));
        var size = input.Integer("MaxResults") ?? DefaultPage;
        var status = input.Text("StatusEquals");
        var page = sorted.Skip(start).Take(size).Where(job => status is null || job.Status.ToString() == status);
        var answer = new JsonObject { ["TrainingJobSummaries"] = new JsonArray([.. page.Select(TrainingJobDocuments.Summarize)]) };
        if (start + size < sorted.Length)
        {
            answer["NextToken"] = (start + size).ToString(CultureInfo.InvariantCulture);
        }

        return answer;
    }

    private static bool Passes(TrainingJob job, JsonObject input) =>
        job.Name.Contains(input.Text("NameContains") ?? "", StringComparison.Ordinal)
        && job.CreationTime > (input.Time("CreationTimeAfter") ?? DateTimeOffset.MinValue)
        && job.CreationTime < (input.Time("CreationTimeBefore") ?? DateTimeOffset.MaxValue)
        && job.LastModifiedTime > (input.Time("LastModifiedTimeAfter") ?? DateTimeOffset.MinValue)
        && job.LastModifiedTime < (input.Time("LastModifiedTimeBefore") ?? DateTimeOffset.MaxValue);

    private static IEnumerable<TrainingJob> Sort(IEnumerable<TrainingJob> jobs, JsonObject input)
    {
        var byName = jobs.OrderBy(job => job.Name, StringComparer.Ordinal);
        var ascending = input.Text("SortBy") switch
        {
            "Name" => byName,
            "Status" => byName.OrderBy(job => job.Status.ToString(), StringComparer.Ordinal),
            _ => byName.OrderBy(job => job.CreationTime),
        };
        return input.Text("SortOrder") == "Ascending" ? ascending : ascending.Reverse();
    }

    private static int Start(string? token) => token is null ? 0
        : int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var start) ? start
        : throw SageMakerErrors.Invalid("The NextToken is invalid: it comes from another request.");
}
