using System.Reflection;
using System.Text.RegularExpressions;
using BuildPipeline.Accounts;
using BuildPipeline.Architecture;
using BuildPipeline.Aws;
using BuildPipeline.Hosting;
using BuildPipeline.Tasks;

namespace BuildPipeline.Pipeline.Tests.Architecture;

/// <summary>Whether the account is AWS or the sandbox is known in the account's folder only; everything else asks <see cref="IAccount"/>.</summary>
public sealed partial class AccountRuleTests
{
    private static readonly Assembly Pipeline = typeof(EntryPoint).Assembly;

    // What opens the account, and the target that is the sandbox itself.
    private static readonly Type[] Openers = [typeof(EntryPoint), typeof(AccountOpening), typeof(SandboxTask)];

    private static readonly Type[] Kinds =
    [
        typeof(AwsAccount), typeof(SandboxAccount), typeof(AssumedRoleAccount), typeof(ClosedAccount), typeof(PublicConnection), typeof(SandboxConnection), typeof(RoleConnection),
        typeof(SandboxProcess), typeof(SandboxEndpoint),
    ];

    [Fact]
    public void Given_TheCompiledCode_When_Read_Then_OnlyTheAccountsFolderKnowsTheKindsOfAccounts()
    {
        var uses = CompiledReferences.Of(Pipeline).Where(use => Kinds.Contains(use.To) && use.From.Namespace != typeof(IAccount).Namespace).ToList();

        Assert.NotEmpty(uses);
        Assert.Empty(uses.Where(use => !Openers.Contains(use.From)).Select(use => $"{use.From.Name} uses {use.To.Name}"));
    }

    [Fact]
    public void Given_TheSources_When_Read_Then_NothingElseAsksForTheSandboxByName()
    {
        var root = Path.Combine(Repository.Root, "build", "Pipeline");
        var outside = FolderGraph.SourcesOf(root).Where(file => !file.StartsWith(Path.Combine(root, "Accounts"), StringComparison.Ordinal)).ToList();

        Assert.True(outside.Count > 100);
        Assert.Empty(outside.Where(file => NamePattern().IsMatch(File.ReadAllText(file))).Select(Path.GetFileName));
    }

    [Fact]
    public void Given_AllTypes_When_ConstructorsAndFieldsAreRead_Then_NothingPutsOffTheAccessToTheAccount()
    {
        const BindingFlags Instance = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance;
        var held = Pipeline.GetTypes().SelectMany(type => type.GetConstructors(Instance).SelectMany(constructor => constructor.GetParameters().Select(parameter => parameter.ParameterType))
            .Concat(type.GetFields(Instance).Select(field => field.FieldType))
            .Select(part => (Holder: type, Part: part))).ToList();

        Assert.Contains(held, pair => pair.Part == typeof(IAccount));
        Assert.Empty(held.Where(pair => PutsOff(pair.Part)).Select(pair => $"{pair.Holder.Name} has {pair.Part}"));
    }

    private static bool PutsOff(Type type) => type.IsConstructedGenericType
        && (type.GetGenericTypeDefinition() == typeof(Lazy<>)
            || (type.GetGenericTypeDefinition() == typeof(Func<>) && IsOfTheAccount(type.GetGenericArguments()[0])));

    private static bool IsOfTheAccount(Type type) => type == typeof(Uri) || type.Namespace == typeof(IAccount).Namespace || type.Namespace == typeof(IAwsClients).Namespace;

    [GeneratedRegex("""IsSandbox|(==|!=|\bis|\bnot|\bor|Equals\() *"sandbox|"sandbox/"|\bEndpoint is (not )?null""")]
    private static partial Regex NamePattern();
}
