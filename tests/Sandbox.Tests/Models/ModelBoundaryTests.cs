using BuildPipeline.Sandbox.Models;
using Xunit.Abstractions;

namespace BuildPipeline.Sandbox.Tests.Models;

public sealed class ModelBoundaryTests(ITestOutputHelper output)
{
    private const int LeastCases = 1000;

    [Fact]
    public void Given_requests_at_every_limit_of_the_models_When_checked_Then_the_invalid_ones_are_refused_in_AWSs_words_and_no_valid_one_is()
    {
        var cases = Emulated().SelectMany(one => new BoundaryCases(one.Service, one.Operation).All().Select(at => (one.Service, Case: at))).ToArray();

        var wrong = cases.Select(one => (one.Case, Refusal: one.Service.Refusal(one.Case.Operation, one.Case.Request)))
            .Where(one => !IsRight(one.Case, one.Refusal))
            .Select(one => $"{one.Case.Operation} {one.Case.Path}: expected '{one.Case.Violation}', got '{one.Refusal}'");

        output.WriteLine($"{cases.Length} requests: {cases.Count(one => one.Case.Violation is not null)} violate a constraint, "
            + $"{cases.Count(one => !one.Case.IsReadable)} are of a wrong kind, {cases.Count(one => one.Case is { Violation: null, IsReadable: true })} are valid.");
        Assert.Empty(wrong);
        Assert.InRange(cases.Length, LeastCases, int.MaxValue);
    }

    /// <summary>The emulated operations of all services whose requests are documents; S3's are headers and queries.</summary>
    internal static IEnumerable<(string Name, ServiceModel Service, string Operation)> Emulated() =>
        from service in ServiceModels.All
        where service.Key != "s3"
        from operation in service.Value.Support.Keys
        select (service.Key, service.Value, operation);

    private static bool IsRight(BoundaryCase at, Refusal? refusal) => (at, refusal?.Kind) switch
    {
        ({ IsReadable: false }, var kind) => kind == RefusalKind.Unreadable,
        ({ Violation: { } violation }, RefusalKind.Invalid) => refusal!.Message.Contains(violation, StringComparison.Ordinal),
        ({ Violation: null }, var kind) => kind is null or RefusalKind.NotEmulated,
        _ => false,
    };
}
