using System.Xml.Linq;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>S3's rules for setting documents beyond their shape.</summary>
internal static class SettingRules
{
    private const int MostDays = 36_500;
    private const int MostYears = 100;

    /// <param name="name">The setting's name in the store.</param>
    /// <param name="bucket">The bucket as it is before.</param>
    /// <exception cref="AwsError">S3 refuses the document.</exception>
    public static void Check(string name, XElement document, BucketRecord bucket)
    {
        switch (name)
        {
            case "versioning":
                CheckVersioning(document, bucket);
                break;
            case "encryption":
                CheckEncryption(document);
                break;
            case "tagging":
                TagSet.Check(TagSet.Parse(document.Child("TagSet")), TagSet.MostOfBucket);
                break;
            case "object-lock":
                CheckLock(document, bucket);
                break;
            case "ownershipControls":
                CheckOwnership(document, bucket);
                break;
            case "lifecycle":
                LifecycleRules.Check(document);
                break;
        }
    }

    private static void CheckVersioning(XElement document, BucketRecord bucket)
    {
        if (document.ChildText("Status") is not { } status)
        {
            throw new AwsError(400, "IllegalVersioningConfigurationException", "The Versioning element must be specified");
        }

        if (status != "Enabled" && BucketLock.From(bucket) is not null)
        {
            throw new AwsError(409, "InvalidBucketState", "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.");
        }
    }

    private static void CheckEncryption(XElement document)
    {
        var rules = document.Children("Rule").ToList();
        if (rules.Count != 1)
        {
            throw S3Errors.MalformedXml();
        }

        var byDefault = rules[0].Child("ApplyServerSideEncryptionByDefault");
        if (byDefault?.ChildText("SSEAlgorithm") == "AES256" && byDefault.ChildText("KMSMasterKeyID") is not null)
        {
            throw S3Errors.InvalidArgument("a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse");
        }
    }

    private static void CheckOwnership(XElement document, BucketRecord bucket)
    {
        if (document.Children("Rule").ToList() is not [var rule])
        {
            throw S3Errors.MalformedXml();
        }

        if (rule.ChildText("ObjectOwnership") == ObjectOwnership.BucketOwnerEnforced && bucket.Grants is not null)
        {
            throw new AwsError(
                400, "InvalidBucketAclWithObjectOwnership", "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting");
        }
    }

    private static void CheckLock(XElement document, BucketRecord bucket)
    {
        if (document.ChildText("ObjectLockEnabled") is null)
        {
            throw S3Errors.MalformedXml();
        }

        if (VersioningOf(bucket) != "Enabled")
        {
            throw new AwsError(409, "InvalidBucketState", "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration");
        }

        if (document.Child("Rule") is not { } rule)
        {
            return;
        }

        var retention = rule.Child("DefaultRetention");
        if (retention?.ChildText("Mode") is null || retention.ChildNumber("Days") is null == retention.ChildNumber("Years") is null)
        {
            throw S3Errors.MalformedXml();
        }

        if ((retention.ChildNumber("Days") ?? retention.ChildNumber("Years")) < 1)
        {
            throw S3Errors.InvalidArgument("Default retention period must be a positive integer value.");
        }

        if (retention.ChildNumber("Days") > MostDays || retention.ChildNumber("Years") > MostYears)
        {
            throw S3Errors.InvalidArgument("Default retention period too large");
        }
    }

    private static string? VersioningOf(BucketRecord bucket) => bucket.Document("versioning")?.ChildText("Status");
}
