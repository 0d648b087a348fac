using Amazon.Bundled;
using Amazon.IdentityManagement.Model;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;

namespace Amazon.IdentityManagement;

public class AmazonIdentityManagementServiceClient : AmazonServiceClient, IAmazonIdentityManagementService
{
    public AmazonIdentityManagementServiceClient()
        : this(new AmazonIdentityManagementServiceConfig())
    {
    }

    public AmazonIdentityManagementServiceClient(RegionEndpoint region)
        : this(new AmazonIdentityManagementServiceConfig { RegionEndpoint = region })
    {
    }

    public AmazonIdentityManagementServiceClient(AmazonIdentityManagementServiceConfig config)
        : base(config)
    {
    }

    public AmazonIdentityManagementServiceClient(AWSCredentials credentials)
        : this(credentials, new AmazonIdentityManagementServiceConfig())
    {
    }

    public AmazonIdentityManagementServiceClient(AWSCredentials credentials, RegionEndpoint region)
        : this(credentials, new AmazonIdentityManagementServiceConfig { RegionEndpoint = region })
    {
    }

    public AmazonIdentityManagementServiceClient(AWSCredentials credentials, AmazonIdentityManagementServiceConfig clientConfig)
        : base(credentials, clientConfig)
    {
    }

    public AmazonIdentityManagementServiceClient(string awsAccessKeyId, string awsSecretAccessKey, AmazonIdentityManagementServiceConfig clientConfig)
        : this(new BasicAWSCredentials(awsAccessKeyId, awsSecretAccessKey), clientConfig)
    {
    }

    public AmazonIdentityManagementServiceClient(
        string awsAccessKeyId, string awsSecretAccessKey, string awsSessionToken, AmazonIdentityManagementServiceConfig clientConfig)
        : this(new SessionAWSCredentials(awsAccessKeyId, awsSecretAccessKey, awsSessionToken), clientConfig)
    {
    }

    public virtual Task<AttachRolePolicyResponse> AttachRolePolicyAsync(
        AttachRolePolicyRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<AttachRolePolicyResponse>("AttachRolePolicy", request, cancellationToken);

    public virtual Task<DetachRolePolicyResponse> DetachRolePolicyAsync(
        DetachRolePolicyRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<DetachRolePolicyResponse>("DetachRolePolicy", request, cancellationToken);

    public virtual Task<ListAttachedRolePoliciesResponse> ListAttachedRolePoliciesAsync(
        ListAttachedRolePoliciesRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<ListAttachedRolePoliciesResponse>("ListAttachedRolePolicies", request, cancellationToken);

    public Endpoint DetermineServiceOperationEndpoint(AmazonWebServiceRequest request) =>
        Config.DetermineServiceOperationEndpoint(new ServiceOperationEndpointParameters(request));

    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        pipeline.RemoveHandler<EndpointResolver>();
        pipeline.AddHandlerAfter<Marshaller>(new GlobalEndpointResolver());
        pipeline.AddHandlerAfter<Marshaller>(new SigV4AuthResolver());
    }

    private Task<TResponse> SendAsync<TResponse>(
        string operation, AmazonIdentityManagementServiceRequest request, CancellationToken cancellationToken)
        where TResponse : AmazonWebServiceResponse, new() =>
        InvokeAsync<TResponse>(request, AmazonIdentityManagementServiceConfig.Service.Operation<TResponse>(operation), cancellationToken);
}
