using System.Net;
using System.Text.RegularExpressions;

namespace BuildPipeline.Sandbox.Sns;

/// <summary>Where messages can go.</summary>
internal static partial class Endpoints
{
    /// <exception cref="Protocols.AwsError">InvalidParameter: AWS or the sandbox does not deliver there.</exception>
    public static void Check(string protocol, string endpoint)
    {
        if (protocol.StartsWith("email", StringComparison.Ordinal))
        {
            Require(Address().IsMatch(endpoint), "Email address");
            return;
        }

        Require(Uri.TryCreate(endpoint, UriKind.Absolute, out var url) && url.Scheme == protocol, "Endpoint must match the specified protocol");
        Require(
            url!.Host is "localhost" || (IPAddress.TryParse(url.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address)),
            $"Endpoint Reason: the sandbox delivers on this machine only, to 127.0.0.1 or localhost, and not to '{url.Host}'");
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw SnsErrors.Invalid(otherwise);
        }
    }

    [GeneratedRegex(@"\A[^@\s]+@[^@\s.]+(\.[^@\s.]+)+\z")]
    private static partial Regex Address();
}
