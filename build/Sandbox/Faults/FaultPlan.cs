namespace BuildPipeline.Sandbox.Faults;

/// <summary>The faults still to come, each used up as often as it says. Of several that fit, the one planned first comes first.</summary>
/// <param name="requests">Gets every request that asks for its fault.</param>
internal sealed class FaultPlan(RequestLog requests)
{
    private readonly Lock _gate = new();
    private readonly List<Fault> _planned = [];
    private readonly List<Fault> _underWay = [];

    public void Add(IEnumerable<Fault> faults)
    {
        lock (_gate)
        {
            _planned.AddRange(faults);
        }
    }

    /// <summary>Forgets the faults that are still to come.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _planned.Clear();
        }
    }

    /// <summary>The faults that are still to come, and before them the held responses of what has not happened yet.</summary>
    public IReadOnlyList<Fault> Planned
    {
        get
        {
            lock (_gate)
            {
                return [.. _underWay, .. _planned];
            }
        }
    }

    /// <summary>Says that what a held response is of has happened, or never will.</summary>
    public void End(Fault held)
    {
        lock (_gate)
        {
            _underWay.Remove(held);
        }
    }

    /// <summary>Uses up the next fault of the request itself; those of jobs stay.</summary>
    /// <param name="key">Key of the object, where the request is for one of S3.</param>
    public Fault? Take(string service, string operation, string? key = null)
    {
        var taken = TakeFirst(fault => !fault.IsOfJob && fault.Fits(service, operation, key));
        requests.Add(service, operation, key, taken?.Kind);
        return taken;
    }

    /// <summary>Uses up the next fault of that kind for jobs on that instance type; true if there was one.</summary>
    public bool Take(string service, string operation, FaultKind kind, string instanceType) =>
        TakeFirst(fault => fault.Kind == kind && (fault.InstanceType ?? instanceType) == instanceType && fault.Fits(service, operation, null)) is not null;

    private Fault? TakeFirst(Predicate<Fault> match)
    {
        lock (_gate)
        {
            for (var index = 0; index < _planned.Count; index++)
            {
                var fault = _planned[index];
                if (!match(fault))
                {
                    continue;
                }

                if (fault.After > 0)
                {
                    _planned[index] = fault with { After = fault.After - 1 };
                    continue;
                }

                if (fault.Count > 1)
                {
                    _planned[index] = fault with { Count = fault.Count - 1 };
                }
                else
                {
                    _planned.RemoveAt(index);
                }

                if (fault.Kind == FaultKind.HoldResponse)
                {
                    _underWay.Add(fault);
                }

                return fault;
            }

            return null;
        }
    }
}
