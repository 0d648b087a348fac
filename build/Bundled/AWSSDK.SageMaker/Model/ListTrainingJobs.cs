using Amazon.Runtime;

namespace Amazon.SageMaker.Model;

public class ListTrainingJobsRequest : AmazonSageMakerRequest
{
    public string NextToken { get; set; }

    public int? MaxResults { get; set; }

    public DateTime? CreationTimeAfter { get; set; }

    public DateTime? CreationTimeBefore { get; set; }

    public DateTime? LastModifiedTimeAfter { get; set; }

    public DateTime? LastModifiedTimeBefore { get; set; }

    public string NameContains { get; set; }

    public TrainingJobStatus StatusEquals { get; set; }

    public SortBy SortBy { get; set; }

    public SortOrder SortOrder { get; set; }

    public string TrainingPlanArnEquals { get; set; }
}

public class ListTrainingJobsResponse : AmazonWebServiceResponse
{
    public List<TrainingJobSummary> TrainingJobSummaries { get; set; }

    public string NextToken { get; set; }
}
