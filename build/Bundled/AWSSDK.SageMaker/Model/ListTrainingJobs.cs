using Amazon.Runtime;

namespace Amazon.SageMaker.Model;

public class ListTrainingJobsRequest : AmazonSageMakerRequest
{
    public string NextToken { get; set; }

    public int? MaxResults { get; set; }

    public string NameContains { get; set; }

    public TrainingJobStatus StatusEquals { get; set; }
}

public class ListTrainingJobsResponse : AmazonWebServiceResponse
{
    public List<TrainingJobSummary> TrainingJobSummaries { get; set; }

    public string NextToken { get; set; }
}
