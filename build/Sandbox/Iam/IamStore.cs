using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.Iam;

/// <summary>The roles, managed policies and identity providers of the account. IAM has no regions, only partitions, each with names of its own.</summary>
internal sealed class IamStore(SandboxSettings settings)
{
    private static readonly string[] Partitions = ["aws", "aws-cn", "aws-us-gov"];

    private readonly RecordStore<Role> _roles = new(Path.Combine(settings.FolderOf("iam"), "roles.json"));
    private readonly RecordStore<ManagedPolicy> _policies = new(Path.Combine(settings.FolderOf("iam"), "policies.json"));
    private readonly RecordStore<IdentityProvider> _providers = new(Path.Combine(settings.FolderOf("iam"), "identity-providers.json"));

    /// <summary>Held during each change: a change depends on several records.</summary>
    public Lock Gate { get; } = new();

    /// <summary>In the order of their names.</summary>
    public IEnumerable<Role> Roles => _roles.All.Concat(BuiltIn).OrderBy(role => role.Name, StringComparer.Ordinal);

    /// <summary>In the order of their names.</summary>
    public IEnumerable<ManagedPolicy> Policies => _policies.All.OrderBy(policy => policy.Name, StringComparer.Ordinal);

    public IReadOnlyList<IdentityProvider> Providers => _providers.All;

    public Role? FindRole(string arn) => _roles.Find(arn) ?? BuiltIn.FirstOrDefault(role => role.Arn == arn);

    public ManagedPolicy? FindPolicy(string arn) => _policies.Find(arn);

    public IdentityProvider? FindProvider(string arn) => _providers.Find(arn);

    public void Put(Role role) => _roles.Put(role.Arn, role);

    public void Put(ManagedPolicy policy) => _policies.Put(policy.Arn, policy);

    public void Put(IdentityProvider provider) => _providers.Put(provider.Arn, provider);

    public void Remove(Role role) => _roles.Remove(role.Arn);

    public void Remove(ManagedPolicy policy) => _policies.Remove(policy.Arn);

    public void Remove(IdentityProvider provider) => _providers.Remove(provider.Arn);

    private IEnumerable<Role> BuiltIn => Partitions.Select(partition => TrainingRole.In(partition, settings.AccountId));
}
