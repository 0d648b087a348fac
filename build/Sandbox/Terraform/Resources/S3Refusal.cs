using BuildPipeline.Sandbox.Protocols;
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

    public static ResourceError Create(string action, string operation, AwsError error) =>
        ResourceError.FromApi(action, $"S3: {operation}", error.Status, error.Code, error.Message);
}
