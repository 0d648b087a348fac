using System.Text;
using System.Xml.Linq;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>Buckets themselves.</summary>
internal sealed class BucketOperations(ObjectStore store, MultipartStore uploads, Accounts accounts, SandboxSettings sandbox, TimeProvider time) : IS3Operations
{
    private const string GlobalRegion = "us-east-1";
    private const int LargestPage = 10_000;

    /// <summary>All but us-east-1, which is no location constraint.</summary>
    private static readonly IReadOnlyList<string> Regions = S3Route.Model.Shapes["BucketLocationConstraint"].Enum!;

    public IEnumerable<(string Operation, Func<S3Call, Task> Handle)> Handlers =>
    [
        ("ListBuckets", ListAsync),
        ("CreateBucket", CreateAsync),
        ("HeadBucket", HeadAsync),
        ("DeleteBucket", DeleteAsync),
        ("GetBucketLocation", LocationAsync),
    ];

    private Task ListAsync(S3Call call)
    {
        RequireCredentials(call);
        var (prefix, region, most) = (call.Query("prefix"), call.Query("bucket-region"), call.Number("max-buckets", LargestPage, 1, LargestPage));
        var after = call.Query("continuation-token") is { } token ? ListOperations.Decode(token) : "";
        var rest = store.Buckets
            .Where(bucket => string.CompareOrdinal(bucket, after) > 0 && bucket.StartsWith(prefix ?? "", StringComparison.Ordinal))
            .Select(bucket => (Name: bucket, Record: store.Describe(bucket)))
            .Where(bucket => accounts.OwnerOf(bucket.Record) == call.Requester.User)
            .Where(bucket => region is null || bucket.Record.Region == region).ToList();
        var page = rest.Take(most).ToList();
        return call.WriteXmlAsync(
            "ListAllMyBucketsResult",
            accounts.Element("Owner", call.Requester.User),
            new XElement("Buckets", page.Select(bucket => new XElement(
                "Bucket",
                new XElement("Name", bucket.Name),
                new XElement("CreationDate", S3Call.Time(bucket.Record.CreatedAt)),
                new XElement("BucketRegion", bucket.Record.Region)))),
            prefix is null ? null : new XElement("Prefix", prefix),
            page.Count < rest.Count ? new XElement("ContinuationToken", Convert.ToBase64String(Encoding.UTF8.GetBytes(page[^1].Name))) : null);
    }

    private async Task CreateAsync(S3Call call)
    {
        RequireCredentials(call);
        var document = call.Request.ContentLength > 0 ? await ReadAsync(call) : null;
        var region = RegionOf(AwsScope.Current(call.Context).Region, document?.ChildText("LocationConstraint"));
        var tags = TagSet.Parse(document?.Child("Tags"));
        TagSet.Check(tags, TagSet.MostOfBucket);
        var settings = new Dictionary<string, string>(sandbox.OldBucketDefaults ? BucketDefaults.OldSettings : BucketDefaults.Settings);
        if (call.Header("x-amz-object-ownership") is { } ownership)
        {
            settings["ownershipControls"] = BucketDefaults.Ownership(ownership);
        }

        if (call.IsTrue("x-amz-bucket-object-lock-enabled"))
        {
            settings["versioning"] = Document("VersioningConfiguration", new XElement("Status", "Enabled"));
            settings["object-lock"] = Document("ObjectLockConfiguration", new XElement("ObjectLockEnabled", "Enabled"));
        }

        if (tags.Count > 0)
        {
            settings["tagging"] = Document("Tagging", TagSet.Element(tags));
        }

        // In us-east-1 S3 lets its owner create a bucket again, which sets its ACL anew and leaves all else as it is.
        var bucket = new BucketRecord(region, time.GetUtcNow(), settings) { Owner = accounts.Stored(call.Requester.User) };
        bucket = bucket with { Grants = AccessControl.OfNewBucket(call, bucket) };
        if (region != GlobalRegion || !store.BucketExists(call.Bucket) || store.Describe(call.Bucket) is not { Region: GlobalRegion } other || other.Owner != bucket.Owner)
        {
            store.CreateBucket(call.Bucket, bucket);
        }
        else
        {
            store.SetGrants(call.Bucket, bucket.Grants);
        }

        call.Response.Headers.Location = "/" + call.Bucket;
    }

    private static void RequireCredentials(S3Call call)
    {
        if (call.Requester.Account is null)
        {
            throw new AwsError(403, "AccessDenied", "The request carries no AWS credentials: sign it with the key id and the secret 'sandbox'.");
        }
    }

    private async Task<XElement> ReadAsync(S3Call call)
    {
        var document = await RequestBody.ReadXmlAsync(call, store.StagingFolder);
        if (document.ChildText("LocationConstraint") is { } region && !Regions.Contains(region))
        {
            throw new AwsError(400, "InvalidLocationConstraint", "The specified location-constraint is not valid");
        }

        DocumentCheck.Check(call.Operation, document);
        return document;
    }

    /// <summary>A region's endpoint creates buckets there only; the one of us-east-1 creates them everywhere.</summary>
    private static string RegionOf(string endpoint, string? constraint) =>
        !Regions.Contains(endpoint) || endpoint == constraint
            ? constraint switch { null => GlobalRegion, "EU" => "eu-west-1", _ => constraint }
            : throw new AwsError(
                400, "IllegalLocationConstraintException",
                $"The {constraint ?? "unspecified"} location constraint is incompatible for the region specific endpoint this request was sent to.");

    private static string Document(string root, params object[] content) =>
        S3Call.Qualified(new XElement(S3Call.Namespace + root, content)).ToString(SaveOptions.DisableFormatting);

    private Task HeadAsync(S3Call call)
    {
        call.Response.Headers["x-amz-bucket-region"] = store.Describe(call.Bucket).Region;
        return Task.CompletedTask;
    }

    private Task DeleteAsync(S3Call call)
    {
        store.DeleteBucket(call.Bucket);
        foreach (var upload in uploads.List(call.Bucket))
        {
            uploads.Remove(upload);
        }

        call.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private Task LocationAsync(S3Call call)
    {
        var region = store.Describe(call.Bucket).Region;
        return call.WriteXmlAsync("LocationConstraint", region == GlobalRegion ? null : region);
    }
}
