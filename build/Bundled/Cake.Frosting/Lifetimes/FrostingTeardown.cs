using Cake.Core;

namespace Cake.Frosting;

/// <summary>Runs after the last task, also when one fails, and in a dry run too.</summary>
public interface IFrostingTeardown
{
    void Teardown(ICakeContext context, ITeardownContext info);
}
