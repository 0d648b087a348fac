using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Protocol;
using BuildPipeline.Sandbox.Terraform.Rules;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>Turns a refusal of the sandbox's S3 into the provider's words.</summary>
internal static class S3Refusal
{
    public static void Rethrow(string action, string operation, Action call)
    {
        try
        {
            call();
        }
        catch (AwsError error)
        {
            throw Create(action, operation, error);
        }
    }

    /// <summary>Puts a setting of a bucket as a client does; null deletes it.</summary>
    /// <exception cref="AwsError">S3 refuses it.</exception>
    public static void Put(ResourceContext context, string bucket, string setting, string? document)
    {
        if (document is not null)
        {
            SettingCheck.Check(context.Store, bucket, setting, document, context.Account);
        }

        context.Store.SetBucketSetting(bucket, setting, document);
    }

    public static ResourceError Create(string action, string operation, AwsError error) =>
        ResourceError.FromApi(action, $"S3: {operation}", error.Status, error.Code, error.Message);
}
