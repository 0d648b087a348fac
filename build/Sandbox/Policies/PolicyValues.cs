namespace BuildPipeline.Sandbox.Policies;

/// <summary>The values of a condition key in a request; none where the request has no such key. Names of keys have no case.</summary>
internal delegate IReadOnlyList<string> PolicyValues(string key);
