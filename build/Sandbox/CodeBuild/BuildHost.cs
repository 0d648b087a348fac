using BuildPipeline.Sandbox.Authorization;
using BuildPipeline.Sandbox.Identity;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Logs;
using BuildPipeline.Sandbox.Secrets;

namespace BuildPipeline.Sandbox.CodeBuild;

/// <summary>What builds need of the other parts.</summary>
internal sealed record BuildHost(
    PerRegion<LogStore> Logs, BuildInputs Inputs, ServiceRoles Roles, Authorizer Authorizer, SandboxAddress Address, SandboxSettings Settings, TimeProvider Time);

/// <summary>What builds get.</summary>
internal sealed record BuildInputs(Checkout Checkout, PerRegion<RecordStore<Parameter>> Parameters);
