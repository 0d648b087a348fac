namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>Finds the operation that a request is, by method, path and query.</summary>
internal static class S3Route
{
    /// <summary>Sub-resources of objects that the sandbox does not have; without them here a request would be taken for another.</summary>
    private static readonly string[] Unknown =
        ["attributes", "retention", "legal-hold", "torrent", "restore", "select", "analytics", "inventory", "metrics", "intelligent-tiering"];

    /// <returns>AWS's operation name, or null if the sandbox has none.</returns>
    public static string? OperationOf(S3Call call)
    {
        if (Array.Exists(Unknown, call.Has))
        {
            return null;
        }

        return call switch
        {
            { Bucket: "" } => call.Request.Method == "GET" ? "ListBuckets" : null,
            { Key: "" } => OfBucket(call),
            _ => OfObject(call),
        };
    }

    private static string? OfBucket(S3Call call)
    {
        var setting = BucketSetting.Find(call);
        return call.Request.Method switch
        {
            "GET" when call.Has("location") => "GetBucketLocation",
            "GET" when call.Has("versions") => "ListObjectVersions",
            "GET" when call.Has("uploads") => "ListMultipartUploads",
            "GET" when setting is not null => "Get" + setting.Operation,
            "GET" => call.Query("list-type") == "2" ? "ListObjectsV2" : "ListObjects",
            "HEAD" => "HeadBucket",
            "PUT" => setting is null ? "CreateBucket" : "Put" + setting.Operation,
            "DELETE" => setting is null ? "DeleteBucket" : "Delete" + setting.Operation,
            "POST" when call.Has("delete") => "DeleteObjects",
            _ => null,
        };
    }

    private static string? OfObject(S3Call call)
    {
        var isCopy = call.Header("x-amz-copy-source") is not null;
        return call.Request.Method switch
        {
            "GET" when call.Has("uploadId") => "ListParts",
            "GET" when call.Has("tagging") => "GetObjectTagging",
            "GET" when call.Has("acl") => "GetObjectAcl",
            "GET" => "GetObject",
            "HEAD" => "HeadObject",
            "PUT" when call.Has("uploadId") => isCopy ? "UploadPartCopy" : "UploadPart",
            "PUT" when call.Has("tagging") => "PutObjectTagging",
            "PUT" when call.Has("acl") => "PutObjectAcl",
            "PUT" => isCopy ? "CopyObject" : "PutObject",
            "POST" when call.Has("uploads") => "CreateMultipartUpload",
            "POST" when call.Has("uploadId") => "CompleteMultipartUpload",
            "DELETE" when call.Has("uploadId") => "AbortMultipartUpload",
            "DELETE" when call.Has("tagging") => "DeleteObjectTagging",
            "DELETE" => "DeleteObject",
            _ => null,
        };
    }
}
