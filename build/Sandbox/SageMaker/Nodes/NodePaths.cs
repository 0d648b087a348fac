using System.Text.RegularExpressions;
using BuildPipeline.Sandbox.SageMaker.Jobs;

namespace BuildPipeline.Sandbox.SageMaker.Nodes;

/// <summary>
/// Texts of a job that name <c>/opt/ml</c>, on a machine that cannot mount a node's folder there: what is a path gets the node's folder,
/// and what cannot is refused: no program meets the <c>/opt/ml</c> of this machine.
/// </summary>
internal static partial class NodePaths
{
    private const string Variable = "SAGEMAKER_BASE_DIR";
    private const long LargestProgram = 1024 * 1024;

    private static readonly string[] Programs = [".py", ".sh"];

    /// <summary>The text with the node's folder for <c>/opt/ml</c>, where the text is a path, or a name, <c>=</c> and a path.</summary>
    /// <param name="name">What the text is, for a message.</param>
    /// <exception cref="JobFailure">It names <c>/opt/ml</c> in another place.</exception>
    public static string Replace(string text, string root, string name)
    {
        var named = Named().Matches(text);
        return named.Count == 0 ? text
            : named.Count == 1 && OnlyPath().Match(text) is { Success: true } path ? path.Groups["before"].Value + root + path.Groups["after"].Value
            : throw new JobFailure(
                $"ClientError: the {name} names {NodeContainer.Root} within a longer text, and the sandbox cannot mount a folder there on this machine: "
                + $"give the path by itself, or take it from the variable {Variable}.");
    }

    /// <summary>Refuses programs that name <c>/opt/ml</c> and do not ask where their node's folder is.</summary>
    /// <param name="folder">The folder of channel <c>code</c>, where there is one.</param>
    /// <exception cref="JobFailure">One does; the message names the file.</exception>
    public static void CheckPrograms(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        foreach (var file in FolderWalk.Files(new DirectoryInfo(folder)).Where(file => Programs.Contains(file.Extension) && file.Length <= LargestProgram))
        {
            var text = File.ReadAllText(file.FullName);
            if (Named().IsMatch(text) && !text.Contains(Variable, StringComparison.Ordinal))
            {
                throw new JobFailure(
                    $"ClientError: the program '{Path.GetRelativePath(folder, file.FullName)}' names {NodeContainer.Root}, and the sandbox cannot mount a folder there "
                    + $"on this machine: take the path from the variable {Variable}, which is {NodeContainer.Root} where it is not set.");
            }
        }
    }

    [GeneratedRegex(@"(?<![\w./-])/opt/ml(?![\w.-])")]
    private static partial Regex Named();

    [GeneratedRegex(@"^(?<before>[\w-]+=)?/opt/ml(?<after>/[^\s:;,'""]*)?\z")]
    private static partial Regex OnlyPath();
}
