using System.Xml.Linq;
using BuildPipeline.Sandbox.S3.Policies;
using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>Holds a setting that another part of the sandbox writes against what S3 asks of its clients.</summary>
internal static class SettingCheck
{
    /// <param name="bucket">Name of the bucket.</param>
    /// <param name="setting">The setting's name in the store.</param>
    /// <param name="text">The document, as S3's API has it.</param>
    /// <param name="account">The account's id.</param>
    /// <exception cref="Protocols.AwsError">There is no such bucket, or S3 refuses the document, or does not emulate a member of it.</exception>
    public static void Check(ObjectStore store, string bucket, string setting, string text, string account)
    {
        var record = store.Describe(bucket);
        var known = BucketSetting.All.Single(one => one.Query == setting);
        if (known.Root is null)
        {
            BucketPolicy.Parse(text).Check(bucket, PublicAccessBlock.From(record).BlockPublicPolicy);
            return;
        }

        var document = XElement.Parse(text);
        DocumentCheck.Check("Put" + known.Operation, document);
        SettingRules.Check(setting, document, record);
    }
}
