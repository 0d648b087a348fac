using Amazon.Runtime;

namespace Amazon.IdentityManagement.Model;

public class AttachRolePolicyRequest : AmazonIdentityManagementServiceRequest
{
    public string RoleName { get; set; }

    public string PolicyArn { get; set; }
}

public class AttachRolePolicyResponse : AmazonWebServiceResponse;

public class DetachRolePolicyRequest : AmazonIdentityManagementServiceRequest
{
    public string RoleName { get; set; }

    public string PolicyArn { get; set; }
}

public class DetachRolePolicyResponse : AmazonWebServiceResponse;

public class ListAttachedRolePoliciesRequest : AmazonIdentityManagementServiceRequest
{
    public string RoleName { get; set; }

    public string Marker { get; set; }
}

public class ListAttachedRolePoliciesResponse : AmazonWebServiceResponse
{
    public List<AttachedPolicyType> AttachedPolicies { get; set; }

    public string Marker { get; set; }
}

public class AttachedPolicyType
{
    public string PolicyArn { get; set; }
}
