using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>Buckets and their settings.</summary>
internal sealed class BucketOperations(ObjectStore store, MultipartStore uploads) : IS3Operations
{
    public IEnumerable<(string Operation, Func<S3Call, Task> Handle)> Handlers =>
    [
        ("ListBuckets", ListBucketsAsync),
        ("CreateBucket", CreateBucketAsync),
        ("HeadBucket", HeadBucketAsync),
        ("DeleteBucket", DeleteBucketAsync),
        ("GetBucketLocation", GetBucketLocationAsync),
        .. BucketSetting.All.SelectMany(setting => new (string, Func<S3Call, Task>)[]
        {
            ("Get" + setting.Operation, call => GetSettingAsync(call, setting)),
            ("Put" + setting.Operation, call => PutSettingAsync(call, setting)),
            ("Delete" + setting.Operation, call => DeleteSettingAsync(call, setting)),
        }),
    ];

    private Task ListBucketsAsync(S3Call call) => call.WriteXmlAsync(
        "ListAllMyBucketsResult",
        ListOperations.Owner,
        new XElement("Buckets", store.Buckets
            .Where(bucket => bucket.StartsWith(call.Query("prefix") ?? "", StringComparison.Ordinal))
            .Select(bucket => (Name: bucket, Record: store.Describe(bucket)))
            .Select(bucket => new XElement(
                "Bucket",
                new XElement("Name", bucket.Name),
                new XElement("CreationDate", S3Call.Time(bucket.Record.CreatedAt)),
                new XElement("BucketRegion", bucket.Record.Region)))));

    private async Task CreateBucketAsync(S3Call call)
    {
        var region = AwsScope.Current(call.Context).Region;
        if (call.Request.ContentLength > 0)
        {
            var document = await RequestBody.ReadXmlAsync(call, store.StagingFolder);
            region = RequestBody.Child(document, "LocationConstraint") ?? region;
        }

        // Also in us-east-1, where S3 lets its owner create a bucket twice: who asks for a new one should not get a used one.
        store.CreateBucket(call.Bucket, region);
        call.Response.Headers.Location = "/" + call.Bucket;
    }

    private Task HeadBucketAsync(S3Call call)
    {
        call.Response.Headers["x-amz-bucket-region"] = store.Describe(call.Bucket).Region;
        return Task.CompletedTask;
    }

    private Task DeleteBucketAsync(S3Call call)
    {
        store.DeleteBucket(call.Bucket);
        foreach (var upload in uploads.List(call.Bucket))
        {
            uploads.Remove(upload);
        }

        call.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private Task GetBucketLocationAsync(S3Call call)
    {
        var region = store.Describe(call.Bucket).Region;
        return call.WriteXmlAsync("LocationConstraint", region == "us-east-1" ? null : region);
    }

    private async Task GetSettingAsync(S3Call call, BucketSetting setting)
    {
        var document = store.GetBucketSetting(call.Bucket, setting.Query) ?? setting.Absent();
        call.Response.ContentType = setting.Root is null ? "application/json" : "application/xml";
        await call.Response.WriteAsync(document, call.Aborted);
    }

    private async Task PutSettingAsync(S3Call call, BucketSetting setting)
    {
        store.Describe(call.Bucket);
        store.SetBucketSetting(call.Bucket, setting.Query, await ReadSettingAsync(call, setting));
        if (setting.Root is null)
        {
            call.Response.StatusCode = StatusCodes.Status204NoContent;
        }
    }

    private async Task<string?> ReadSettingAsync(S3Call call, BucketSetting setting)
    {
        if (setting.Query == "acl" && call.Request.ContentLength is null or 0)
        {
            // A canned ACL: the owner's full control is all there is.
            return null;
        }

        if (setting.Root is not null)
        {
            var document = await RequestBody.ReadXmlAsync(call, store.StagingFolder);
            return document.Name.LocalName == setting.Root ? document.ToString(SaveOptions.DisableFormatting) : throw S3Errors.MalformedXml();
        }

        var text = await RequestBody.ReadTextAsync(call, store.StagingFolder);
        try
        {
            return JsonNode.Parse(text) is JsonObject ? text : throw new JsonException();
        }
        catch (JsonException)
        {
            throw new AwsError(400, "MalformedPolicy", "Policies must be valid JSON and the first byte must be '{'");
        }
    }

    private Task DeleteSettingAsync(S3Call call, BucketSetting setting)
    {
        store.SetBucketSetting(call.Bucket, setting.Query, null);
        call.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
