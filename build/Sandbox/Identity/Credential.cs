namespace BuildPipeline.Sandbox.Identity;

/// <summary>The credential of a signature of version 4: a key, and what the signing key is for that is derived from its secret.</summary>
/// <param name="Date">A day, as yyyyMMdd.</param>
/// <param name="Service">Signing name.</param>
internal sealed record Credential(string AccessKeyId, string Date, string Region, string Service)
{
    public string Scope => $"{Date}/{Region}/{Service}/aws4_request";

    /// <returns>Null if the text is no credential.</returns>
    public static Credential? Parse(string text) =>
        text.Split('/') is [.. var key, var date, var region, var service, "aws4_request"] && key.Length > 0
            ? new Credential(string.Join('/', key), date, region, service)
            : null;
}
