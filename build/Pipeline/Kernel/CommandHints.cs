using System.Text.RegularExpressions;

namespace BuildPipeline.Kernel;

/// <summary>An option of this call that a suggested command repeats.</summary>
/// <param name="Name">Long name without dashes.</param>
/// <param name="Value">As given.</param>
/// <param name="Targets">Targets that read it; empty means every target.</param>
public sealed record ContextOption(string Name, string Value, IReadOnlyList<string> Targets);

/// <summary>Writes every command that the pipeline suggests: complete, with the options of this call, quoted for the user's shell.</summary>
/// <param name="script">The script as the user started it, for example <c>./build.sh</c>.</param>
/// <param name="shell">The shell that has to read the command.</param>
/// <param name="context">Options of this call without which the command would reach another environment, folder or account, or run on other terms.</param>
public sealed partial class CommandHints(string script, HintShell shell, IReadOnlyList<ContextOption> context)
{
    /// <summary>Commands that do not repeat these options of the call.</summary>
    /// <param name="options">Names of options, without dashes.</param>
    public CommandHints Without(params string[] options) => new(script, shell, [.. context.Where(option => !options.Contains(option.Name))]);

    /// <summary>Commands that assume another role of infra/access, where this call assumes one: who may freeze may not launch.</summary>
    /// <param name="role">Last part of its name, for example <c>launch</c>.</param>
    public CommandHints As(string role) => new(script, shell, [.. context.Select(option => option.Name == "assume-role" ? option with { Value = RolePattern().Replace(option.Value, role) } : option)]);

    /// <summary>The command that runs a target in the context of this call.</summary>
    /// <param name="target">Name of the target.</param>
    /// <param name="options">Further options, each <c>--name=value</c> or <c>--name</c> without a value.</param>
    /// <returns>One line without line breaks, for example <c>./build.sh --target=Stop --run=20260131-120000-1a2b --environment=aws</c>.</returns>
    public string For(string target, params IEnumerable<string> options) => Command([script, .. Arguments(target, options)]);

    /// <summary>The arguments of that command, for a process that is started without a shell.</summary>
    /// <param name="target">Name of the target.</param>
    /// <param name="options">Further options, as those of <see cref="For"/>.</param>
    public IReadOnlyList<string> Arguments(string target, params IEnumerable<string> options)
    {
        List<string> own = [.. options];
        var repeated = context
            .Where(option => option.Targets.Count == 0 || option.Targets.Contains(target))
            .Where(option => !own.Exists(given => given.StartsWith($"--{option.Name}=", StringComparison.Ordinal)))
            .Select(option => $"--{option.Name}={option.Value}");
        return [$"--target={target}", .. own, .. repeated];
    }

    /// <summary>A command of another program.</summary>
    public string Command(params IEnumerable<string> words) => string.Join(' ', words.Select(word => ShellWord.Quote(word, shell)));

    /// <summary>A command that runs with an environment variable.</summary>
    public string WithVariable(string name, string value, params IEnumerable<string> words) => shell == HintShell.PowerShell
        ? $"$env:{name}={ShellWord.Quote(value, shell)}; {Command(words)}"
        : $"{name}={ShellWord.Quote(value, shell)} {Command(words)}";

    /// <summary>A command that writes a text file.</summary>
    public string WriteFile(string path, params IReadOnlyList<string> lines) => shell == HintShell.PowerShell
        ? $"Set-Content {ShellWord.Quote(path, shell)} {string.Join(',', lines.Select(line => ShellWord.Quote(line, shell)))}"
        : $"printf '%s\\n' {Command(lines)} > {ShellWord.Quote(path, shell)}";

    [GeneratedRegex("(?<=-)(plan|launch|cleanup|freeze|keeper)$")]
    private static partial Regex RolePattern();
}

/// <summary>A shell that reads suggested commands.</summary>
public enum HintShell
{
    /// <summary>sh, bash, zsh.</summary>
    Posix,

    /// <summary>Windows PowerShell and PowerShell.</summary>
    PowerShell,
}

/// <summary>Quotes one word of a command line, so the shell passes it on unchanged.</summary>
public static class ShellWord
{
    // Plain in both shells; a comma, a colon or an @ is not plain in PowerShell.
    private const string PlainCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./=";

    /// <summary>The word, quoted where the shell would change it.</summary>
    public static string Quote(string word, HintShell shell) => (word, shell) switch
    {
        ({ Length: > 0 }, _) when word.All(PlainCharacters.Contains) => word,
        (_, HintShell.PowerShell) => $"'{word.Replace("'", "''", StringComparison.Ordinal)}'",
        _ => $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'",
    };
}
