using Amazon.SageMaker;
using Amazon.SageMaker.Model;

namespace BuildPipeline.Training;

/// <summary>The tags of a training job.</summary>
internal static class JobTags
{
    /// <summary>Refuses a job that lacks a run's own tags.</summary>
    /// <exception cref="PipelineException">It is somebody else's (exit code 2).</exception>
    public static void RequireOwn(string jobName, IReadOnlyDictionary<string, string> actual, IReadOnlyList<Tag> own)
    {
        if (own.FirstOrDefault(tag => actual.GetValueOrDefault(tag.Key) != tag.Value) is { } different)
        {
            var instead = actual.TryGetValue(different.Key, out var value) ? $"is {value}" : "is missing";
            throw new PipelineException(
                TrainingErrors.ForeignJob,
                $"A training job named {jobName} exists and does not belong to this run (its tag {different.Key} {instead}). Nothing was submitted; start a new run.");
        }
    }

    /// <summary>All tags, by key.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> ReadAsync(
        IAmazonSageMaker sageMaker, string jobArn, CancellationToken cancellationToken)
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        var request = new ListTagsRequest { ResourceArn = jobArn };
        do
        {
            var page = await sageMaker.ListTagsAsync(request, cancellationToken);
            foreach (var tag in page.Tags ?? [])
            {
                tags[tag.Key] = tag.Value;
            }

            request.NextToken = page.NextToken;
        }
        while (request.NextToken is not null);
        return tags;
    }
}
