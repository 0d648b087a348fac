using BuildPipeline.Sandbox.Models;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>Finds the operation that a request is, by what the service model has of each: method, path, query, and what it requires.</summary>
internal static class S3Route
{
    private static readonly ILookup<(string Method, string Path), Candidate> Candidates = Model.Operations
        .Select(operation => new Candidate(operation.Key, operation.Value))
        .ToLookup(candidate => (candidate.Method, candidate.Path));

    public static ServiceModel Model => ServiceModels.All["s3"];

    /// <returns>AWS's operation name, emulated or not; null if S3 has none of that method and path.</returns>
    public static string? OperationOf(S3Call call) => Candidates[(call.Request.Method, PathOf(call))]
        .Where(candidate => candidate.Fits(call))
        .OrderByDescending(candidate => candidate.Requirements)
        .ThenByDescending(candidate => candidate.Known(call))
        .ThenByDescending(candidate => Model.Support.ContainsKey(candidate.Operation))
        .FirstOrDefault()?.Operation;

    /// <summary>The names that an operation's URI always has in the query, for example <c>tagging</c>.</summary>
    public static IEnumerable<string> FlagsOf(string operation) => Flags(Model.Operations[operation]).Select(flag => flag.Name);

    private static string PathOf(S3Call call) => call switch
    {
        { Bucket: "" } => "/",
        { Key: "" } => "/{Bucket}",
        _ => "/{Bucket}/{Key+}",
    };

    private static IEnumerable<(string Name, string? Value)> Flags(OperationModel model) => model.Uri.Split('?') is [_, var query]
        ? query.Split('&').Select(flag => flag.Split('=') is [var name, var value] ? (name, value) : (flag, (string?)null))
        : [];

    private sealed class Candidate(string operation, OperationModel model)
    {
        private const string Id = "id";

        private readonly List<(string Name, string? Value)> _flags = [.. Flags(model)];
        private readonly List<MemberModel> _required =
            [.. Model.InputOf(operation).Required.Select(name => Model.InputOf(operation).Members[name])];

        public string Operation => operation;

        public string Method => model.Method;

        public string Path => model.Uri.Split('?')[0];

        /// <summary>True for what names one of a bucket's configurations, which all other requests with its flag list.</summary>
        private bool HasId => model.Query.Contains(Id);

        public int Requirements => _flags.Count + (HasId ? 1 : 0) + _required.Count(member => member.Location is "querystring" or "header");

        public bool Fits(S3Call call) =>
            (!HasId || call.Has(Id)) && _flags.TrueForAll(flag => flag.Value is null ? call.Has(flag.Name) : call.Query(flag.Name) == flag.Value)
            && _required.TrueForAll(member => member.Location switch
            {
                "querystring" => call.Has(member.Name!),
                "header" => call.Header(member.Name!) is not null,
                _ => true,
            });

        public int Known(S3Call call) => model.Query.Count(call.Has);
    }
}
