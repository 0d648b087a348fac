using System.Text.RegularExpressions;
using Amazon.CloudWatch;
using Amazon.Runtime;
using Amazon.SageMaker;
using Amazon.ServiceQuotas;
using Cake.Frosting;
using Cake.Terraform;

namespace BuildPipeline.Pipeline.Tests.Packages;

/// <summary>A stand-in has what the project uses, and what the signatures of that need; nothing else.</summary>
public sealed partial class StandInSurfaceTests
{
    // The tests of the stand-ins themselves are no users of them.
    private static readonly HashSet<string> Words = new[] { "build/Pipeline", "build/Sandbox", "tests" }
        .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories))
        .Where(file => !file.Contains(Path.Combine("tests", "Pipeline.Tests", "Packages"), StringComparison.Ordinal))
        .SelectMany(file => Word().Matches(File.ReadAllText(file)).Select(match => match.Value))
        .ToHashSet();

    [SkippableTheory]
    [InlineData(typeof(AmazonSageMakerClient))]
    [InlineData(typeof(AmazonCloudWatchClient))]
    [InlineData(typeof(Amazon.CloudWatchLogs.AmazonCloudWatchLogsClient))]
    [InlineData(typeof(AmazonServiceQuotasClient))]
    [InlineData(typeof(CakeHost))]
    [InlineData(typeof(TerraformAliases))]
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

    private static bool IsNamed(Type type)
    {
        var name = type.Name.Split('`')[0];
        return Words.Contains(name) || (name.EndsWith("Attribute", StringComparison.Ordinal) && Words.Contains(name[..^"Attribute".Length]));
    }

    // The methods of a static class may be named without it; a client throws its service's own exception.
    private static bool IsUsed(Type type, Type anchor) =>
        type == anchor || type.BaseType == typeof(AmazonServiceException) || IsNamed(type) || (type.IsAbstract && type.IsSealed && type.GetMethods().Any(m => Words.Contains(m.Name)));

    // Of a used type: what it is made of, and the signatures of the members that the code names.
    private static IEnumerable<Type> Needed(Type type) =>
    [
        .. type.BaseType is { } parent ? new[] { parent } : [],
        .. type.GetInterfaces(),
        .. type.DeclaringType is { } outer ? new[] { outer } : [],
        .. type.GetConstructors().SelectMany(c => c.GetParameters()).Select(p => p.ParameterType),
        .. type.GetProperties().Where(p => Words.Contains(p.Name)).Select(p => p.PropertyType),
        .. type.GetMethods().Where(m => Words.Contains(m.Name)).SelectMany(m => m.GetParameters().Select(p => p.ParameterType).Append(m.ReturnType)),
    ];

    private static IEnumerable<Type> Parts(Type type) => type switch
    {
        { HasElementType: true } => Parts(type.GetElementType()!),
        { IsGenericType: true } => type.GetGenericArguments().SelectMany(Parts).Append(type.GetGenericTypeDefinition()),
        _ => [type],
    };

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();
}
