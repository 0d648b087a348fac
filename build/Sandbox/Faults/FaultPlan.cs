using System.Text.Json.Serialization;
using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.Faults;

/// <summary>What can go wrong on demand.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<FaultKind>))]
internal enum FaultKind
{
    Throttle,
    InternalError,

    /// <summary>No answer until the client gives up; without effect.</summary>
    Timeout,

    /// <summary>The effect happens, the answer does not arrive.</summary>
    DropResponse,
    ExpiredCredentials,

    /// <summary>Read by SageMaker: no instance to be had.</summary>
    Capacity,

    /// <summary>Read by SageMaker: an account limit is reached.</summary>
    Quota,

    /// <summary>Read by SageMaker: a job that trains meets an InternalServerError.</summary>
    JobInternalError,
}

/// <summary>A planned fault.</summary>
/// <param name="Service">SigV4 signing name, <c>terraform</c> for the provider, or <c>*</c>.</param>
/// <param name="Operation">Operation name, or <c>*</c>.</param>
/// <param name="Count">How many requests it hits.</param>
/// <param name="InstanceType">Only jobs on that instance type, where a service reads the fault; null is all.</param>
internal sealed record Fault(string Service, FaultKind Kind, string Operation = "*", int Count = 1, string? InstanceType = null);

/// <summary>The faults still to come, each used up as often as it says. Of several that fit, the one planned first comes first.</summary>
internal sealed class FaultPlan
{
    private readonly Lock _gate = new();
    private readonly List<Fault> _planned = [];

    public void Add(IEnumerable<Fault> faults)
    {
        lock (_gate)
        {
            _planned.AddRange(faults);
        }
    }

    /// <summary>The faults that are still to come.</summary>
    public IReadOnlyList<Fault> Planned
    {
        get
        {
            lock (_gate)
            {
                return [.. _planned];
            }
        }
    }

    /// <summary>Uses up the next fault of the request itself; those that a service reads stay.</summary>
    public Fault? Take(string service, string operation) =>
        TakeFirst(fault => fault.Kind is not (FaultKind.Capacity or FaultKind.Quota or FaultKind.JobInternalError) && Fits(fault, service, operation));

    /// <summary>Uses up the next fault of that kind for jobs on that instance type; true if there was one.</summary>
    public bool Take(string service, string operation, FaultKind kind, string instanceType) =>
        TakeFirst(fault => fault.Kind == kind && (fault.InstanceType ?? instanceType) == instanceType && Fits(fault, service, operation)) is not null;

    private static bool Fits(Fault fault, string service, string operation) =>
        (fault.Service == "*" || fault.Service == service) && (fault.Operation == "*" || fault.Operation == operation);

    private Fault? TakeFirst(Predicate<Fault> match)
    {
        lock (_gate)
        {
            var index = _planned.FindIndex(match);
            if (index < 0)
            {
                return null;
            }

            var fault = _planned[index];
            if (fault.Count > 1)
            {
                _planned[index] = fault with { Count = fault.Count - 1 };
            }
            else
            {
                _planned.RemoveAt(index);
            }

            return fault;
        }
    }
}
