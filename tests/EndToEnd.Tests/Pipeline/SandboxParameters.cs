using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.EndToEnd.Tests.Pipeline;

/// <summary>The sandbox's Parameter Store.</summary>
internal static class SandboxParameters
{
    /// <summary>Puts a SecureString.</summary>
    public static async Task PutAsync(Workplace place, string name, string value)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, place.Sandbox().Url);
        request.Headers.Add("X-Amz-Target", "AmazonSSM.PutParameter");
        request.Content = new StringContent($$"""{"Name":"{{name}}","Type":"SecureString","Value":"{{value}}"}""", null, "application/x-amz-json-1.1");
        (await http.SendAsync(await new RequestSignature("ssm").SignAsync(request, place.Sandbox().Url))).EnsureSuccessStatusCode();
    }
}
