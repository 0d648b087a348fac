using System.Globalization;
using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.Hosting;

/// <summary>The process's command line.</summary>
/// <param name="StateFolder">Absolute path.</param>
/// <param name="Port">0 for a free one.</param>
/// <param name="Idle">The sandbox ends after this long without a request; null for never.</param>
/// <param name="Background">Runs on its own, out of the terminal session of whoever started it.</param>
/// <param name="OldBucketDefaults">Compatibility mode: new buckets are as S3 made them before April 2023.</param>
internal sealed record SandboxOptions(string StateFolder, int Port, TimeSpan? Idle, bool Background = false, bool OldBucketDefaults = false)
{
    public const string Usage =
        """
        The embedded AWS, GitHub and Terraform provider, on loopback only.

          --sandbox-state=DIR  folder of all state, created if need be; its endpoint.json says where the sandbox listens
          --port=N             port for AWS, GitHub and control requests; 0, the default, takes a free one
          --idle-minutes=N     ends after N minutes without a request and without a training job; 0 = never; 15 by default
          --background         leaves the terminal session, so Ctrl-C there does not end it
          --old-bucket-defaults  compatibility mode, not AWS of today: new buckets are as before April 2023, with ACLs and without Block Public Access
        """;

    /// <returns>Null if help was asked for.</returns>
    /// <exception cref="StartupException">An option is unknown, malformed or missing.</exception>
    public static SandboxOptions? Parse(IEnumerable<string> arguments)
    {
        string? state = null;
        var port = 0;
        var idleMinutes = 15.0;
        var (background, oldDefaults) = (false, false);
        foreach (var argument in arguments)
        {
            var (name, value) = argument.Split('=', 2) is [var left, var right] ? (left, right) : (argument, "");
            switch (name)
            {
                case "--help":
                    return null;
                case "--background" when value.Length == 0:
                    background = true;
                    break;
                case "--old-bucket-defaults" when value.Length == 0:
                    oldDefaults = true;
                    break;
                case "--sandbox-state":
                    state = value;
                    break;
                case "--port" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= 65535:
                    break;
                case "--port":
                    throw new StartupException($"--port must be a whole number from 0 to 65535, but is '{value}'.");
                case "--idle-minutes" when TryMinutes(value, out idleMinutes):
                    break;
                case "--idle-minutes":
                    throw new StartupException($"--idle-minutes must be a number from 0 to 1440, but is '{value}'.");
                default:
                    throw new StartupException($"Unknown option '{argument}': the sandbox takes --sandbox-state=DIR, --port=N, --idle-minutes=N, --background and --old-bucket-defaults.");
            }
        }

        return string.IsNullOrWhiteSpace(state)
            ? throw new StartupException("--sandbox-state=DIR is missing: specify the sandbox state folder.")
            : new SandboxOptions(Path.GetFullPath(state), port, idleMinutes == 0 ? null : TimeSpan.FromMinutes(idleMinutes), background, oldDefaults);
    }

    private static bool TryMinutes(string value, out double minutes) =>
        double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out minutes) && minutes <= 1440;
}
