using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.S3.Storage;

/// <summary>Says whether a session of a role may do what another part of the sandbox does in S3 for it.</summary>
internal interface IObjectAccess
{
    /// <param name="operation">AWS's name, for example <c>GetObject</c>.</param>
    /// <param name="key">Of the object; of a listing, the prefix.</param>
    /// <param name="headers">Of a new object; null for others.</param>
    /// <exception cref="AwsError">AccessDenied: the policies of the role, the bucket or the key do not allow it.</exception>
    void Require(Caller caller, string operation, string bucket, string key, ObjectHeaders? headers = null);
}
