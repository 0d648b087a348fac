using Amazon.SageMaker;
using Amazon.SageMaker.Model;

namespace BuildPipeline.Training;

/// <summary>The tags of a training job.</summary>
internal static class JobTags
{
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
