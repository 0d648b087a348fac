using BuildPipeline.Sandbox.Authorization;
using BuildPipeline.Sandbox.Identity;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Logs;

namespace BuildPipeline.Sandbox.CodeBuild;

/// <summary>What builds need of the other parts.</summary>
internal sealed record BuildHost(
    PerRegion<LogStore> Logs, ServiceRoles Roles, Authorizer Authorizer, SandboxAddress Address, SandboxSettings Settings, Checkout Checkout, TimeProvider Time);
