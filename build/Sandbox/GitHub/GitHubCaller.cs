using System.Text.RegularExpressions;

namespace BuildPipeline.Sandbox.GitHub;

/// <summary>Who asks. A token of the sandbox's GitHub is the login of its owner; one that ends in [bot], such as <c>github-actions[bot]</c>, is an installation token of that App.</summary>
internal sealed partial record GitHubCaller(string Login)
{
    private const string App = "[bot]";

    public bool IsApp => Login.EndsWith(App, StringComparison.Ordinal);

    /// <summary>Name of the App in addresses; null for a person.</summary>
    public string? Slug => IsApp ? Login[..^App.Length] : null;

    /// <summary>The owner of a request's token; null if it has none, or one that is not a login.</summary>
    public static GitHubCaller? Find(HttpRequest request) =>
        Token().Match(request.Headers.Authorization.ToString()) is { Success: true } match ? new(match.Groups[1].Value) : null;

    /// <summary>The owner of a request's token, behind the check that it has one.</summary>
    public static GitHubCaller Of(HttpContext context) => Find(context.Request)!;

    [GeneratedRegex(@"^(?:token|bearer) +([A-Za-z0-9_-]+(?:\[bot\])?)$", RegexOptions.IgnoreCase)]
    private static partial Regex Token();
}
