using System.Reflection;
using System.Text.RegularExpressions;
using Amazon.Runtime;
using BuildPipeline.Architecture;
using BuildPipeline.Hosting;

namespace BuildPipeline.Pipeline.Tests.Packages;

/// <summary>A stand-in has what the project uses, and what the signatures of that need; nothing else.</summary>
public sealed partial class StandInSurfaceTests
{
    // The tests of the stand-ins themselves are not an users of them.
    private static readonly HashSet<string> Words = new[] { "build/Pipeline", "build/Sandbox", "tests" }
        .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories))
        .Where(file => !file.Contains(Path.Combine("tests", "Pipeline.Tests", "Packages"), StringComparison.Ordinal))
        .SelectMany(file => Word().Matches(File.ReadAllText(file)).Select(match => match.Value))
        .ToHashSet();

    private const BindingFlags Declared = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static;

    private static readonly HashSet<(string? Type, string Name)> UsedInCode = typeof(Targets).Assembly.GetTypes()
        .Concat(typeof(StandInSurfaceTests).Assembly.GetTypes().Where(type => type.Namespace != typeof(StandInSurfaceTests).Namespace))
        .SelectMany(CompiledReferences.MembersUsedBy)
        .ToHashSet();

    // What the tests of the stand-ins need to run them: a host with its own folder, an endpoint without a call.
    private static readonly string[] ForTestsAlone = ["AddAssembly", "UseWorkingDirectory", "UseCakeSetting", "DetermineServiceOperationEndpoint"];

    // The end-to-end tests are another assembly, of which only the sources can be read here.
    private static readonly HashSet<string> Written = Directory
        .EnumerateFiles(Path.Combine(Repository.Root, "tests", "EndToEnd.Tests"), "*.cs", SearchOption.AllDirectories)
        .Select(File.ReadAllText)
        .Where(text => StandInImport().IsMatch(text))
        .SelectMany(text => Word().Matches(text).Select(match => match.Value))
        .ToHashSet();

    [SkippableTheory]
    [MemberData(nameof(StandIns.All), MemberType = typeof(StandIns))]
    public void Given_StandIn_When_ComparedWithTheCode_Then_NoPublicTypeIsUnused(Type anchor)
    {
        Skip.If(PackageSource.IsPublished, "The published packages have more than the project uses.");
        var all = anchor.Assembly.GetExportedTypes().ToHashSet();
        var used = new HashSet<Type>();
        var found = new Queue<Type>(all.Where(type => IsUsed(type, anchor)));
        while (found.TryDequeue(out var type))
        {
            if (used.Add(type))
            {
                Needed(type).SelectMany(Parts).Where(all.Contains).ToList().ForEach(found.Enqueue);
            }
        }

        Assert.NotEmpty(used);
        Assert.True(all.IsSubsetOf(used), string.Join('\n', all.Except(used).Select(type => type.FullName)));
    }

    [SkippableTheory]
    [MemberData(nameof(StandIns.All), MemberType = typeof(StandIns))]
    public void Given_StandIn_When_ComparedWithTheCode_Then_NoPublicMemberIsUnused(Type anchor)
    {
        Skip.If(PackageSource.IsPublished, "The published packages have more than the project uses.");
        var own = anchor.Assembly.GetTypes().Where(type => type.BaseType != typeof(ConstantClass)).SelectMany(CompiledReferences.MembersUsedBy);
        var used = own.Concat(UsedInCode).ToHashSet();

        var unused = anchor.Assembly.GetExportedTypes()
            .SelectMany(type => type.GetMembers(Declared).Where(member => !IsUsed(type, member, used)), (type, member) => $"{type.FullName}.{member.Name}");

        Assert.True(!unused.Any(), string.Join('\n', unused));
    }

    private static bool IsUsed(Type type, MemberInfo member, HashSet<(string? Type, string Name)> used) => member switch
    {
        PropertyInfo property => property.GetAccessors().Any(accessor => IsCalled(type, accessor, property.Name, used)),

        // A constant's FindValue is called by its name, for whatever type the wire has.
        MethodInfo { IsSpecialName: false } method => type.BaseType == typeof(ConstantClass) || ForTestsAlone.Contains(method.Name) || IsCalled(type, method, method.Name, used),
        FieldInfo { IsSpecialName: false } field => used.Contains((type.FullName, field.Name)),
        _ => true,
    };

    private static bool IsCalled(Type type, MethodInfo method, string name, HashSet<(string? Type, string Name)> used) =>
        method.GetBaseDefinition() != method || Written.Contains(name)
        || type.GetInterfaces().Append(type).Any(declaring => used.Contains((Open(declaring).FullName, method.Name)));

    private static Type Open(Type type) => type.IsConstructedGenericType ? type.GetGenericTypeDefinition() : type;

    private static bool IsNamed(Type type)
    {
        var name = type.Name.Split('`')[0];
        return Words.Contains(name) || (name.EndsWith("Attribute", StringComparison.Ordinal) && Words.Contains(name[..^"Attribute".Length]));
    }

    // The methods of a static class may be named without it; a client throws its service's own exception.
    private static bool IsUsed(Type type, Type anchor) =>
        type == anchor || type.BaseType == typeof(AmazonServiceException) || IsNamed(type) || (type.IsAbstract && type.IsSealed && type.GetMethods().Any(m => Words.Contains(m.Name)));

    // Of a used type: what it is made of, and the signatures of its members.
    private static IEnumerable<Type> Needed(Type type) =>
    [
        .. type.BaseType is { } parent ? new[] { parent } : [],
        .. type.GetInterfaces(),
        .. type.DeclaringType is { } outer ? new[] { outer } : [],
        .. type.GetConstructors().SelectMany(c => c.GetParameters()).Select(p => p.ParameterType),
        .. type.GetMethods().SelectMany(m => m.GetParameters().Select(p => p.ParameterType).Append(m.ReturnType)),
    ];

    private static IEnumerable<Type> Parts(Type type) => type switch
    {
        { HasElementType: true } => Parts(type.GetElementType()!),
        { IsGenericType: true } => type.GetGenericArguments().SelectMany(Parts).Append(type.GetGenericTypeDefinition()),
        _ => [type],
    };

    [GeneratedRegex(@"(?m)^using Amazon\.(SageMaker|CloudWatchLogs|ServiceQuotas)")]
    private static partial Regex StandInImport();

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();
}
