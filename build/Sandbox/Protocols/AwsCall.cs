using System.Text.Json.Nodes;

namespace BuildPipeline.Sandbox.Protocols;

/// <summary>One call to a service whose inputs and outputs are plain documents.</summary>
/// <param name="Input">The request; timestamps are seconds since 1970.</param>
/// <param name="Region">Region that the request was signed for.</param>
/// <param name="Caller">Who asks; null for anybody, without credentials.</param>
internal sealed record AwsCall(JsonObject Input, string Region, Caller? Caller);

/// <summary>Answers one call; null is an empty answer. Refusals are <see cref="Protocols.AwsError"/>.</summary>
internal delegate Task<JsonObject?> AwsOperation(AwsCall call);
