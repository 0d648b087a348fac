using Amazon.Runtime;

namespace Amazon.ServiceQuotas;

public class AmazonServiceQuotasRequest : AmazonWebServiceRequest;
