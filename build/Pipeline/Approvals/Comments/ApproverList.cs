using System.Text.RegularExpressions;

namespace BuildPipeline.Approvals.Comments;

/// <summary>Who may approve and stop by a comment: a file of the default branch.</summary>
/// <param name="Logins">People.</param>
/// <param name="Teams">Teams, <c>organisation/team</c>.</param>
public sealed partial record ApproverList(IReadOnlyList<string> Logins, IReadOnlyList<string> Teams)
{
    /// <summary>Where it is.</summary>
    public const string File = ".github/gpu-approvers";

    /// <summary>Reads the file: one login or <c>@organisation/team</c> a line; what follows a <c>#</c> is a remark.</summary>
    /// <param name="text">Its text; null if there is no such file.</param>
    /// <exception cref="PipelineException">There is none, or a line of it is neither (exit code 4).</exception>
    public static ApproverList Parse(string? text)
    {
        var entries = (text ?? throw new PipelineException(CommentErrors.InvalidList, $"The default branch has no file {File}, so nobody may approve by a comment. Commit it, with one login or @organisation/team a line."))
            .Split('\n').Select(line => line.Split('#')[0].Trim()).Where(line => line.Length > 0).ToLookup(entry => Team().IsMatch(entry));
        return entries[false].FirstOrDefault(entry => !Login().IsMatch(entry)) is { } unknown
            ? throw new PipelineException(CommentErrors.InvalidList, $"{File} of the default branch has the line '{unknown}', which is neither a login nor @organisation/team. Correct it there.")
            : new([.. entries[false].Select(entry => entry.TrimStart('@'))], [.. entries[true].Select(entry => entry[1..])]);
    }

    /// <summary>True if the login itself is listed.</summary>
    public bool Names(string login) => Logins.Contains(login, StringComparer.OrdinalIgnoreCase);

    [GeneratedRegex("^@?[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})$")]
    private static partial Regex Login();

    [GeneratedRegex("^@[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}$")]
    private static partial Regex Team();
}
