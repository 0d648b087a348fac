using System.Reflection;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Models;
using Xunit.Abstractions;

namespace BuildPipeline.Sandbox.Tests.Models;

public sealed class ModelSupportTests(ITestOutputHelper output)
{
    private const int MostWithoutEffect = 40;

    [Fact]
    public void Given_every_member_of_every_operation_When_sent_Then_it_is_implemented_or_listed_with_a_reason_or_refused_by_name()
    {
        var members = ModelBoundaryTests.Emulated()
            .SelectMany(one => one.Service.MembersOf(one.Operation).Select(member => (one.Service, one.Operation, Member: member, Support: one.Service.Support[one.Operation].Find(member.Path))))
            .ToArray();

        Assert.All(members, one =>
        {
            var requests = new ModelRequests(one.Service, one.Operation);
            var refusal = one.Service.Refusal(one.Operation, requests.With(one.Member.Path, requests.Sample(one.Member.Shape, one.Member.Path)));
            if (one.Support == MemberSupport.Refused)
            {
                Assert.Equal((RefusalKind.NotEmulated, true), (refusal!.Kind, refusal.Message.Contains($"'{RefusedOwner(one.Service.Support[one.Operation], one.Member.Path)}'", StringComparison.Ordinal)));
            }
            else if (IsLeaf(one.Service, one.Member.Shape))
            {
                Assert.Null(refusal);
            }
        });
        var count = (MemberSupport support) => members.Count(one => one.Support == support);
        output.WriteLine($"{ServiceModels.Source}: {ModelBoundaryTests.Emulated().Count()} operations, {members.Length} members: {count(MemberSupport.Implemented)} implemented, "
            + $"{count(MemberSupport.NoEffect)} accepted without effect, {count(MemberSupport.Refused)} refused by name.");
    }

    [Fact]
    public void Given_the_implemented_members_When_the_tests_are_searched_Then_each_has_one_that_shows_its_effect()
    {
        var implemented = ModelBoundaryTests.Emulated()
            .SelectMany(one => one.Service.Support[one.Operation].Implemented.Select(member => $"{one.Operation} {member}"));
        var shown = typeof(ModelSupportTests).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Instance | BindingFlags.Public))
            .SelectMany(method => method.GetCustomAttributes<EffectAttribute>())
            .SelectMany(effect => effect.Members.Select(member => $"{effect.Operation} {member}"))
            .ToHashSet(StringComparer.Ordinal);

        Assert.Equal([], implemented.Except(shown).Order(StringComparer.Ordinal));
        Assert.Equal([], shown.Except(implemented).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Given_the_lists_When_compared_with_the_models_Then_they_name_members_without_members_of_their_own_and_values_that_exist() =>
        Assert.All(ModelBoundaryTests.Emulated(), one =>
        {
            var (support, members) = (one.Service.Support[one.Operation], one.Service.MembersOf(one.Operation).ToDictionary(member => member.Path));
            Assert.All(support.Implemented.Concat(support.NoEffect.Keys), path => Assert.True(IsLeaf(one.Service, members[path].Shape), path));
            Assert.All(support.NoEffect.Values, reason => Assert.InRange(reason.Length, 20, 200));
            Assert.Empty(support.Implemented.Intersect(support.NoEffect.Keys));
            Assert.All(support.Values, entry => Assert.Empty(members[entry.Key].Shape.Enum is { } all ? entry.Value.Except(all) : []));
        });

    [Fact]
    public void Given_members_without_effect_When_counted_Then_they_are_few() =>
        Assert.InRange(ServiceModels.All.Values.SelectMany(service => service.Support.Values).Sum(support => support.NoEffect.Count), 1, MostWithoutEffect);

    [Fact]
    public void Given_a_member_or_value_that_is_not_there_When_checked_Then_the_refusal_names_it()
    {
        var sageMaker = ServiceModels.All["sagemaker"];
        var requests = new ModelRequests(sageMaker, "CreateTrainingJob");
        var unknown = requests.With("ResourceConfig.InstanceKind", "x");
        var value = requests.With("AlgorithmSpecification.TrainingInputMode", "Pipe");

        Assert.Equal("CreateTrainingJob has no member 'ResourceConfig.InstanceKind'.", sageMaker.Refusal("CreateTrainingJob", unknown)!.Message);
        Assert.Equal(
            "The sandbox does not emulate the value 'Pipe' of 'AlgorithmSpecification.TrainingInputMode'; it has File, FastFile.",
            sageMaker.Refusal("CreateTrainingJob", value)!.Message);
    }

    [Fact]
    public void Given_several_refused_members_When_checked_Then_each_is_named_once()
    {
        var request = new ModelRequests(ServiceModels.All["sagemaker"], "CreateTrainingJob").Minimal();
        request["InputDataConfig"] = JsonNode.Parse(
            """[{"ChannelName":"a","DataSource":{},"ShuffleConfig":{"Seed":1}},{"ChannelName":"b","DataSource":{},"ShuffleConfig":{"Seed":2}}]""");
        request["RemoteDebugConfig"] = new JsonObject { ["EnableRemoteDebug"] = true };

        Assert.Equal(
            "The sandbox does not emulate 'InputDataConfig[].ShuffleConfig', 'RemoteDebugConfig' of CreateTrainingJob.",
            ServiceModels.All["sagemaker"].Refusal("CreateTrainingJob", request)!.Message);
    }

    private static bool IsLeaf(ServiceModel service, Shape shape) => shape.Type == ShapeType.List
        ? IsLeaf(service, service.ShapeOf(shape.Member!))
        : shape.Type != ShapeType.Structure;

    /// <summary>The outermost refused member of a path: what is in it is refused with it.</summary>
    private static string RefusedOwner(OperationSupport support, string path) => path.Index().Where(at => at.Item == '.')
        .Select(at => path[..at.Index].TrimEnd('[', ']')).Append(path).First(owner => support.Find(owner) == MemberSupport.Refused);
}
