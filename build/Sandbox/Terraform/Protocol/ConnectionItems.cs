using Grpc.Core;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace BuildPipeline.Sandbox.Terraform.Protocol;

/// <summary>What is kept for as long as a connection of terraform lasts.</summary>
internal static class ConnectionItems
{
    /// <summary>The items of the call's connection.</summary>
    public static IDictionary<object, object?> Get(ServerCallContext call) =>
        call.GetHttpContext().Features.GetRequiredFeature<IConnectionItemsFeature>().Items;
}
