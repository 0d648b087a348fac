using Amazon.Runtime;

namespace Amazon.SageMaker.Model;

public class StopTrainingJobRequest : AmazonSageMakerRequest
{
    public string TrainingJobName { get; set; }
}

public class StopTrainingJobResponse : AmazonWebServiceResponse;

