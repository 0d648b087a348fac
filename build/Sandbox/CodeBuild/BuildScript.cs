using System.Globalization;
using System.Text;

namespace BuildPipeline.Sandbox.CodeBuild;

/// <summary>What a line of a build's output says of its phases.</summary>
/// <param name="ExitCode">Null at the start of the phase.</param>
internal sealed record PhaseMark(string Phase, int? ExitCode);

/// <summary>
/// The commands of a build as one program of a shell: what one of them exports, or where it changes to, is so for the next one. A phase ends with
/// its first command that fails. Then no other phase follows, but after BUILD the phase POST_BUILD.
/// </summary>
internal static class BuildScript
{
    /// <param name="token">Begins the lines that tell of phases, so no other line of the output can.</param>
    public static string Write(Buildspec buildspec, string token)
    {
        var script = new StringBuilder($$"""
            CODEBUILD_BUILD_SUCCEEDING=1; export CODEBUILD_BUILD_SUCCEEDING
            next() { [ "$CODEBUILD_BUILD_SUCCEEDING" -eq 1 ] || [ "$__last $1" = "BUILD POST_BUILD" ] || exit 0; __phase=$1; __code=0; echo "{{token}} $1"; }
            run() { [ "$__code" -eq 0 ] || return 0; printf '[Container] Running command %s\n' "$1"; eval "$1" </dev/null; __code=$?; }
            leave() { [ "$__code" -eq 0 ] || CODEBUILD_BUILD_SUCCEEDING=0; echo "{{token}} $__phase $__code"; __last=$__phase; __phase=; }
            trap '__code=$?; [ -z "$__phase" ] || echo "{{token}} $__phase $__code"' EXIT

            """.ReplaceLineEndings("\n"));
        foreach (var (phase, commands) in buildspec.Commands)
        {
            script.Append(CultureInfo.InvariantCulture, $"next {phase}\n");
            foreach (var command in commands)
            {
                script.Append(CultureInfo.InvariantCulture, $"run {Quoted(command)}\n");
            }

            script.Append("leave\n");
        }

        return script.ToString();
    }

    /// <returns>Null for a line of a command.</returns>
    public static PhaseMark? Read(string line, string token) => line.Split(' ') switch
    {
        [var first, var phase] when first == token => new PhaseMark(phase, null),
        [var first, var phase, var code] when first == token && int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => new PhaseMark(phase, number),
        _ => null,
    };

    private static string Quoted(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
