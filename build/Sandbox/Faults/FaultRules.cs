namespace BuildPipeline.Sandbox.Faults;

/// <summary>What faults can be planned for: a rule that no request or job would ever meet is refused.</summary>
/// <param name="operations">The operations of each service.</param>
internal sealed class FaultRules(IReadOnlyDictionary<string, IReadOnlySet<string>> operations)
{
    private const string Any = "*";
    private const string Jobs = "CreateTrainingJob";

    private static readonly string[] Lists = ["ListObjectsV2", "ListObjects", "ListObjectVersions", "ListTrainingJobs"];

    /// <exception cref="FormatException">One of the faults cannot happen; the message names the member.</exception>
    public IReadOnlyList<Fault> Check(IReadOnlyList<Fault> faults) =>
        faults.Select(Refusal).FirstOrDefault(refusal => refusal is not null) is { } refusal ? throw new FormatException(refusal) : faults;

    private string? Refusal(Fault fault) => fault switch
    {
        { Count: < 1 } or { After: < 0 } => "count is at least 1, and after at least 0.",
        { Service: not Any } when !operations.ContainsKey(fault.Service) => $"there is no service '{fault.Service}'; it is {Any} or one of {string.Join(", ", operations.Keys.Order())}.",
        { Operation: not Any } when !IsKnown(fault) => $"{(fault.Service == Any ? "no service" : fault.Service)} has {(fault.Service == Any ? "an" : "no")} operation '{fault.Operation}'.",
        { Key: not null, Service: not "s3" } => "key is of requests of the service s3.",
        { InstanceType: not null, IsOfJob: false } => "instance_type is of faults of jobs.",
        { Seconds: not null, Kind: not FaultKind.DelayedListing } or { Seconds: < 1 } => "seconds is of the kind delayed_listing, and at least 1.",
        { Kind: FaultKind.DelayedListing } when !Lists.Any(list => fault.Operation == list) => $"delayed_listing is of {string.Join(", ", Lists)}.",
        { IsOfJob: true } when fault is not { Service: "sagemaker" or Any, Operation: Jobs or Any } => $"the fault is of the service sagemaker and its operation {Jobs}.",
        { Service: "terraform", Kind: not (FaultKind.Timeout or FaultKind.DropResponse) } => "the service terraform has the kinds timeout and drop_response.",
        _ => null,
    };

    private bool IsKnown(Fault fault) =>
        (fault.Service == Any ? operations.Values : [operations[fault.Service]]).Any(known => known.Contains(fault.Operation));
}
