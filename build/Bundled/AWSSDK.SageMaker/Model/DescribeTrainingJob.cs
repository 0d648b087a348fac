using Amazon.Runtime;

namespace Amazon.SageMaker.Model;

public class DescribeTrainingJobRequest : AmazonSageMakerRequest
{
    public string TrainingJobName { get; set; }
}

public class DescribeTrainingJobResponse : AmazonWebServiceResponse
{
    public string TrainingJobName { get; set; }

    public string TrainingJobArn { get; set; }

    public AlgorithmSpecification AlgorithmSpecification { get; set; }

    public Dictionary<string, string> HyperParameters { get; set; }

    public List<Channel> InputDataConfig { get; set; }

    public OutputDataConfig OutputDataConfig { get; set; }

    public CheckpointConfig CheckpointConfig { get; set; }

    public bool? EnableManagedSpotTraining { get; set; }

    public ModelArtifacts ModelArtifacts { get; set; }

    public TrainingJobStatus TrainingJobStatus { get; set; }

    public SecondaryStatus SecondaryStatus { get; set; }

    public string FailureReason { get; set; }

    public ResourceConfig ResourceConfig { get; set; }

    public StoppingCondition StoppingCondition { get; set; }

    public DateTime? CreationTime { get; set; }

    public DateTime? TrainingStartTime { get; set; }

    public List<SecondaryStatusTransition> SecondaryStatusTransitions { get; set; }

    public List<MetricData> FinalMetricDataList { get; set; }

    public int? TrainingTimeInSeconds { get; set; }

    public int? BillableTimeInSeconds { get; set; }

    public Dictionary<string, string> Environment { get; set; }
}
