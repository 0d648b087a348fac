using BuildPipeline.Sandbox.Authorization;
using BuildPipeline.Sandbox.Iam;
using BuildPipeline.Sandbox.Identity;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Storage;
using BuildPipeline.Sandbox.SageMaker.Jobs;
using BuildPipeline.Sandbox.SageMaker.Requests;

namespace BuildPipeline.Sandbox.SageMaker.Nodes;

/// <summary>What jobs may do as sessions of their execution roles.</summary>
internal sealed class JobRoles(
    IIdentityPolicies identities, IObjectAccess access, IKeyPolicies keys, AccountResources account, Authorizer authorizer, Sessions sessions,
    TimeProvider time)
{
    private const string Service = "sagemaker";
    private const string SessionName = "SageMaker";
    private const string Gone = "AROAGONE";

    /// <summary>A session lasts longer than its job runs: nobody renews it.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromDays(1);

    /// <summary>The session of the role that the job's nodes have. Where the role is gone since the job was created, it may do nothing.</summary>
    public SessionCredentials StartSession(TrainingJob job)
    {
        var (arn, now) = (job.Request.RoleArn, time.GetUtcNow());
        var session = new RoleSession(arn, SessionName, now, now + job.Request.MaxRuntime + Margin, new Dictionary<string, string>(), []);
        return sessions.Issue(arn.Split(':')[4], arn.Split('/')[^1], identities.Find(arn)?.Id ?? Gone, session);
    }

    /// <summary>The objects that the job's role may read and write.</summary>
    public IObjectStore Limit(IObjectStore objects, TrainingJob job) => new RoleObjects(objects, access, CallerOf(job));

    /// <summary>Asks what SageMaker needs of the role before it starts the instances: interfaces in the job's VPC, and a grant for the key of the volumes.</summary>
    /// <exception cref="JobFailure">The role lacks it.</exception>
    public void RequireStart(TrainingJob job)
    {
        var role = CallerOf(job);
        try
        {
            foreach (var permission in ExecutionPermissions.ToStart(job, id => account.VpcOf(id, job.Region)))
            {
                authorizer.Require(Service, role, permission, job.Region, policy: null);
            }

            if (job.Request.ResourceConfig.VolumeKmsKeyId is { } name && keys.FindKey(name) is { } key)
            {
                authorizer.Require(
                    Service, role, ExecutionPermissions.ToGrant(key.Arn), job.Region, authorizer.PolicyOf(key.Policy, key.Arn.Split(':')[4], decides: true));
            }
        }
        catch (AwsError refusal)
        {
            throw new JobFailure($"ClientError: Unable to start the instances: {refusal.Code}: {refusal.Message}");
        }
    }

    /// <summary>Whether the role lets SageMaker write what the program of a node prints, to that stream.</summary>
    public bool MayLog(TrainingJob job, string group, string stream) =>
        ExecutionPermissions.ToLog(job, group, stream).All(permission => Allows(permission, job));

    /// <summary>Whether the role lets SageMaker publish the metrics of the job.</summary>
    public bool MayMeasure(TrainingJob job) => Allows(ExecutionPermissions.ToMeasure, job);

    private Caller CallerOf(TrainingJob job) => StartSession(job).Caller;

    private bool Allows(Permission permission, TrainingJob job) =>
        authorizer.Decide(CallerOf(job), permission, job.Region, policy: null).Decision.IsAllowed;
}
