using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.GitHub;

/// <summary>What somebody may do in a repository.</summary>
/// <param name="Role">none, read, triage, write, maintain or admin.</param>
internal sealed record Collaborator(string Repository, string Login, string Role);

/// <summary>A member of a team.</summary>
/// <param name="Team"><c>organisation/team</c>.</param>
/// <param name="State">active or pending.</param>
internal sealed record TeamMember(string Team, string Login, string State);

/// <summary>A file of a repository's default branch.</summary>
internal sealed record RepositoryFile(string Repository, string Path, string Content);

/// <summary>Who opened a pull request.</summary>
internal sealed record PullRequestAuthor(string Repository, int Number, string Login);

/// <summary>Who may do what on the sandbox's GitHub, and what is on the default branches, as clients described it: one file of the state folder.</summary>
internal sealed class PeopleStore
{
    private readonly Lock _gate = new();
    private readonly string _file;
    private Content _content;

    public PeopleStore(SandboxSettings settings)
    {
        _file = Path.Combine(settings.FolderOf("github"), "people.json");
        _content = File.Exists(_file) ? AtomicFile.ReadRecord<Content>(_file) : new Content([], [], [], []);
    }

    /// <summary>Everybody may do all in a repository of their own, and others what they were given.</summary>
    public string RoleOf(string repository, string login) =>
        _content.Collaborators.FirstOrDefault(known => known.Repository == repository && IsSame(known.Login, login))?.Role ?? (IsSame(repository.Split('/')[0], login) ? "admin" : "none");

    /// <returns>Null if the login is in no such team.</returns>
    public TeamMember? Member(string team, string login) => _content.Members.FirstOrDefault(known => IsSame(known.Team, team) && IsSame(known.Login, login));

    /// <returns>Null if the default branch has no such file.</returns>
    public RepositoryFile? Find(string repository, string path) => _content.Files.FirstOrDefault(known => known.Repository == repository && known.Path == path);

    public string AuthorOf(string repository, int number) => _content.Authors.FirstOrDefault(known => known.Repository == repository && known.Number == number)?.Login ?? "sandbox";

    public Collaborator Set(Collaborator collaborator) => Change(
        content => content with { Collaborators = [.. content.Collaborators.Where(other => other.Repository != collaborator.Repository || !IsSame(other.Login, collaborator.Login)), collaborator] }, collaborator);

    public TeamMember Set(TeamMember member) => Change(
        content => content with { Members = [.. content.Members.Where(other => !IsSame(other.Team, member.Team) || !IsSame(other.Login, member.Login)), .. member.State == "none" ? Array.Empty<TeamMember>() : [member]] }, member);

    public RepositoryFile Set(RepositoryFile file) => Change(
        content => content with { Files = [.. content.Files.Where(other => other.Repository != file.Repository || other.Path != file.Path), file] }, file);

    public PullRequestAuthor Set(PullRequestAuthor author) => Change(
        content => content with { Authors = [.. content.Authors.Where(other => other.Repository != author.Repository || other.Number != author.Number), author] }, author);

    private static bool IsSame(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    private T Change<T>(Func<Content, Content> change, T result)
    {
        lock (_gate)
        {
            var content = change(_content);
            AtomicFile.WriteRecord(_file, content);
            _content = content;
            return result;
        }
    }

    private sealed record Content(Collaborator[] Collaborators, TeamMember[] Members, RepositoryFile[] Files, PullRequestAuthor[] Authors);
}
