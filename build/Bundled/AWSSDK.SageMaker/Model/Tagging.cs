using Amazon.Runtime;

namespace Amazon.SageMaker.Model;

public class ListTagsRequest : AmazonSageMakerRequest
{
    public string ResourceArn { get; set; }

    public string NextToken { get; set; }
}

public class ListTagsResponse : AmazonWebServiceResponse
{
    public List<Tag> Tags { get; set; }

    public string NextToken { get; set; }
}
