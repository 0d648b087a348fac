using System.Xml.Linq;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>The settings of buckets.</summary>
internal sealed class SettingOperations(ObjectStore store, AccessGate gate) : IS3Operations
{
    public IEnumerable<(string Operation, Func<S3Call, Task> Handle)> Handlers => BucketSetting.All.SelectMany(setting =>
        new (string Operation, Func<S3Call, Task> Handle)[]
        {
            ("Get" + setting.Operation, call => GetAsync(call, setting)),
            ("Put" + setting.Operation, call => PutAsync(call, setting)),
            (setting.Deletion ?? "Delete" + setting.Operation, call => DeleteAsync(call, setting)),
        }).Where(handler => S3Route.Model.Support.ContainsKey(handler.Operation))
        .Append(("GetBucketPolicyStatus", GetPolicyStatusAsync));

    private async Task GetAsync(S3Call call, BucketSetting setting)
    {
        var document = store.GetBucketSetting(call.Bucket, setting.Query) ?? setting.Absent();
        call.Response.ContentType = setting.Root is null ? "application/json" : "application/xml";
        await call.Response.WriteAsync(document, call.Aborted);
    }

    private async Task PutAsync(S3Call call, BucketSetting setting)
    {
        store.Describe(call.Bucket);
        if (setting.Root is null)
        {
            var policy = await RequestBody.ReadTextAsync(call, store.StagingFolder);
            gate.CheckPolicy(call.Bucket, policy);
            store.SetBucketSetting(call.Bucket, setting.Query, policy);
            call.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        var document = await RequestBody.ReadDocumentAsync(call, store.StagingFolder);
        SettingRules.Check(setting.Query, document, store.Describe(call.Bucket));
        if (setting.Query == "lifecycle")
        {
            LifecycleRules.NameAll(document);
        }

        store.SetBucketSetting(call.Bucket, setting.Query, document.ToString(SaveOptions.DisableFormatting));
        if (setting.Query == "tagging")
        {
            call.Response.StatusCode = StatusCodes.Status204NoContent;
        }
    }

    private Task DeleteAsync(S3Call call, BucketSetting setting)
    {
        store.SetBucketSetting(call.Bucket, setting.Query, null);
        call.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private Task GetPolicyStatusAsync(S3Call call)
    {
        var policy = gate.PolicyOf(store.Describe(call.Bucket))
            ?? throw new AwsError(404, "NoSuchBucketPolicy", "The bucket policy does not exist");
        return call.WriteXmlAsync("PolicyStatus", new XElement("IsPublic", policy.IsPublic));
    }
}
